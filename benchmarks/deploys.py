"""How long deploys take, and whether anybody who visits notices one: on a box of this measurement's own."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.container_engine import EngineError
from acceptance.sites import Site, read_sites
from acceptance.ssh import ServerError
from benchmarks.downtime_probe import visitors
from benchmarks.rounds import MeasurementError
from deploy import box as boxes
from deploy.box_folder import SITES
from deploy.deployment import DeployError, deploy
from deploy.provision import provision
from deploy.source import CodeError, committed
from features.project import ROOT

AUTHOR = ("-c", "user.name=A measurement", "-c", "user.email=measurement@example.com")


def of_deploys() -> dict[str, Any]:
    """Return the seconds of a deploy to an empty server and of the next one, and the requests that failed meanwhile.

    Each is the whole deploy, from its connection to the end of its smoke run. Raises MeasurementError.
    """
    try:
        with TemporaryDirectory() as folder, _empty_box(Path(folder)) as (site, sites):
            checkout = _cloned(Path(folder, "checkout"))

            def bring() -> None:
                deploy(site, committed(checkout), sites=sites, say=lambda _: None)

            provisioned = seconds(lambda: provision(site))
            first = seconds(bring)
            _git(checkout, *AUTHOR, "commit", "--quiet", "--allow-empty", "--message=Another release")
            with visitors(site.base_url) as visits:
                repeated = seconds(bring)
    except (CodeError, DeployError, EngineError, ServerError) as error:
        raise MeasurementError(f"The deploys could not be measured: {error}") from error
    return {
        "provision_s": provisioned,
        "first_deploy_s": first,
        "repeated_deploy_s": repeated,
        "requests_during_deploy": visits.tried,
        "requests_failed_during_deploy": len(visits.refused),
    }


def seconds(done: Callable[[], object]) -> float:
    """Return how long something takes, in s."""
    began = time.monotonic()
    done()
    return time.monotonic() - began


@contextmanager
def _empty_box(folder: Path) -> Iterator[tuple[Site, Path]]:
    there = boxes.start(folder / "box")
    try:
        sites = there.folder / SITES
        yield read_sites(sites)[there.name], sites
    finally:
        boxes.stop(there)


def _cloned(folder: Path) -> Path:
    _git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(folder))
    return folder


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, timeout=60)  # noqa: S607 - git, wherever it is
