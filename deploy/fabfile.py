"""What a release engineer does: `fab deploy staging`; `fab --list` explains each in one line."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

# Tasks run from this folder as well as from the one above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fabric import Connection, task

from deploy.code import CodeError, committed
from deploy.deploying import DeployError, roll_back
from deploy.deploying import deploy as bring
from deploy.proof import ProofError
from deploy.proof import smoke as prove
from deploy.provision import provision as make_ready
from deploy.server import ServerError
from deploy.sites import SITES, Site, SitesError, read_sites, require_key

Result = TypeVar("Result")
FAILURES = (CodeError, DeployError, ProofError, ServerError, SitesError)


@task(positional=["site"])
def provision(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Make an empty Debian server ready for the site; safe to repeat, says what it changed."""
    for change in _done(lambda: make_ready(_site(site, sites))) or ["nothing had to be changed"]:
        print(change)


@task(positional=["site"])
def deploy(_: Connection, site: str, sites: str = str(SITES), dirty: bool = False) -> None:  # noqa: FBT001, FBT002
    """Bring the committed code to the site, prove it by a smoke run, and go back if that fails."""
    _done(lambda: bring(_site(site, sites), committed(dirty=dirty), sites=Path(sites).resolve()))


@task(positional=["site"])
def rollback(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Let the release before serve again; data that was entered since stays."""
    _done(lambda: roll_back(_site(site, sites), sites=Path(sites).resolve()))


@task(positional=["site"])
def smoke(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Run the scenarios that touch no data against the site."""
    _done(lambda: prove(_site(site, sites), Path(sites).resolve(), print))


def _site(name: str, sites: str) -> Site:
    found = read_sites(Path(sites))
    if name not in found:
        raise SitesError(f"There is no site {name!r} in {sites}; allowed: {', '.join(found) or 'none yet'}")
    require_key(found[name])
    return found[name]


def _done(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except FAILURES as error:
        sys.exit(str(error))
