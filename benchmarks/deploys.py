"""How long deploys and rollbacks take, and whether a request is lost meanwhile: on boxes of this measurement's own."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from acceptance.docker_client import EngineError
from acceptance.sites import Site, read_sites
from acceptance.ssh import ServerError
from benchmarks.downtime_probe import visitors
from benchmarks.rounds import MeasurementError
from deploy import box as boxes
from deploy.box_folder import SITES
from deploy.deployment import DeployError, deploy, roll_back
from deploy.provision import provision
from deploy.site_data import query
from deploy.source import CodeError, committed
from features.project import ROOT

AUTHOR = ("-c", "user.name=A measurement", "-c", "user.email=measurement@example.com")
RUNTIMES = ("virtualenv", "docker")
# So many requests arrive while releases come and go.
REQUESTS, VISITORS, PAUSE_S = 5000, 4, 0.01
LISTS = "SELECT count(*) FROM lists_list"


def deploy_figures() -> dict[str, Any]:
    """Return for each runtime the seconds of deploys and of a rollback, and how many requests were lost meanwhile.

    Each is the whole of it, from its connection to the end of its smoke run. A request is lost that fails, and a form
    whose list is not in the database. Raises MeasurementError.
    """
    figures: dict[str, Any] = {}
    try:
        for runtime in RUNTIMES:
            with TemporaryDirectory() as folder:
                measured = _measured(Path(folder), runtime)
            figures |= {f"{runtime}_{name}": figure for name, figure in measured.items()}
    except (CodeError, DeployError, EngineError, ServerError) as error:
        raise MeasurementError(f"The deploys could not be measured: {error}") from error
    return figures


def _measured(folder: Path, runtime: str) -> dict[str, Any]:
    checkout = folder / "checkout"
    _git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(checkout))
    box = boxes.start(folder / "box", runtime=runtime)
    try:
        sites = box.folder / SITES
        site = read_sites(sites)[box.name]

        def release() -> None:
            _git(checkout, *AUTHOR, "commit", "--quiet", "--allow-empty", "--message=Another release")
            deploy(site, committed(checkout), sites=sites, say=lambda _: None)

        def back() -> None:
            roll_back(site, sites=sites, say=lambda _: None)

        figures = {"provision_s": seconds(lambda: provision(site)), "first_deploy_s": seconds(release)}
        figures |= {"repeated_deploy_s": seconds(release), "rollback_s": seconds(back)}
        return figures | _under_load(site, release, back)
    finally:
        boxes.remove(box.folder)


def _under_load(site: Site, release: Callable[[], None], back: Callable[[], None]) -> dict[str, Any]:
    """Deploy and roll back until enough requests came; return how many did, and how many were lost."""
    before = _lists(site)
    with visitors(f"{site.base_url}/", VISITORS, pause_s=PAUSE_S, posting=True) as visits:
        while visits.tried < REQUESTS:
            release()
            back()
    missing = visits.created - (_lists(site) - before)
    return {
        "requests": visits.tried,
        "forms": visits.created,
        # A list that nobody was led to was made by a form that failed.
        "requests_lost": len(visits.refused) + abs(missing),
    }


def _lists(site: Site) -> int:
    return int(query(site, LISTS).split()[-1])


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes, in s."""
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, timeout=60)
