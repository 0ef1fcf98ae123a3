"""How long deploys take, and whether anybody who visits notices one: on a box of this measurement's own."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.docker_client import EngineError
from acceptance.sites import read_sites
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


def deploy_figures() -> dict[str, Any]:
    """Return the seconds of a deploy to an empty server and of the next one, and the requests that failed meanwhile.

    Each is the whole deploy, from its connection to the end of its smoke run. Raises MeasurementError.
    """
    try:
        with TemporaryDirectory() as folder:
            return _measured(Path(folder))
    except (CodeError, DeployError, EngineError, ServerError) as error:
        raise MeasurementError(f"The deploys could not be measured: {error}") from error


def _measured(folder: Path) -> dict[str, Any]:
    checkout = folder / "checkout"
    _git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(checkout))
    box = boxes.start(folder / "box")
    try:
        sites = box.folder / SITES
        site = read_sites(sites)[box.name]

        def release() -> None:
            deploy(site, committed(checkout), sites=sites, say=lambda _: None)

        figures = {"provision_s": seconds(lambda: provision(site)), "first_deploy_s": seconds(release)}
        _git(checkout, *AUTHOR, "commit", "--quiet", "--allow-empty", "--message=Another release")
        with visitors(site.base_url) as visits:
            figures["repeated_deploy_s"] = seconds(release)
    finally:
        boxes.remove(box.folder)
    return figures | {
        "requests_during_deploy": visits.tried,
        "requests_failed_during_deploy": len(visits.refused),
    }


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes, in s."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, timeout=60)
