"""What a release engineer does: `fab deploy staging`; `fab --list` explains each in one line."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

# Tasks run from this folder as well as from the one above.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fabric import Connection, task

from acceptance.sites import Site, SitesError, read_isolated_sites, require_key
from acceptance.ssh import ServerError
from deploy import SITES, database_move, deployment, site_data
from deploy.backups import listing
from deploy.deployment import DeployError, roll_back
from deploy.doctor import BrokenError, examine
from deploy.promotion import promote as promote_release
from deploy.provision import provision as provision_site
from deploy.smoke import SmokeError, smoke_run
from deploy.source import CodeError, committed
from deploy.status import logs as site_logs
from deploy.status import status as site_status

Result = TypeVar("Result")
FAILURES = (BrokenError, CodeError, DeployError, SmokeError, ServerError, SitesError, site_data.RestoreRefusedError)


@task(positional=["site"])
def provision(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Make a Debian or Ubuntu server ready for the site; safe to repeat, says what it changed."""
    for change in _done(lambda: provision_site(_site(site, sites))) or ["nothing had to be changed"]:
        print(change)


@task(positional=["site"])
def deploy(
    _: Connection,
    site: str,
    sites: str = str(SITES),
    dirty: bool = False,  # noqa: FBT001, FBT002
    without_mail_check: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Bring the committed code to the site, prove it by a smoke run, and go back if that fails."""
    options: dict[str, Any] = {"sites": Path(sites).resolve(), "mail_check": not without_mail_check}
    _done(lambda: deployment.deploy(_site(site, sites), committed(dirty=dirty), **options))


@task(positional=["passed_on", "site"])
def promote(  # noqa: PLR0913, PLR0917 - as many as a person may name
    _: Connection,
    passed_on: str,
    site: str,
    sites: str = str(SITES),
    release: str = "",
    force: bool = False,  # noqa: FBT001, FBT002
    without_mail_check: bool = False,  # noqa: FBT001, FBT002
) -> None:
    """Bring the very release that passes on one site to another, such as: staging production."""
    options: dict[str, Any] = {"release": release, "force": force, "mail_check": not without_mail_check}
    both = [passed_on, site]
    _done(lambda: promote_release(*(_site(name, sites) for name in both), sites=Path(sites).resolve(), **options))


@task(positional=["site"])
def rollback(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Let the release before serve again, with its settings; data that was entered since stays."""
    _done(lambda: roll_back(_site(site, sites), sites=Path(sites).resolve()))


@task(positional=["site"])
def prune(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Remove old releases and what only they need; what serves and what a rollback leads to stay."""
    _done(lambda: deployment.prune(_site(site, sites)))


@task(positional=["site"])
def smoke(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Run the scenarios that touch no data against the site."""
    with smoke_run(_done(lambda: _site(site, sites)), Path(sites).resolve(), print) as run:
        _done(run)


@task(positional=["site"])
def status(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Tell release, since when, environment, database, backups, health, certificate, disk, and the lock."""
    _done(lambda: _tell(site_status(_site(site, sites))))


@task(positional=["site"])
def logs(_: Connection, site: str, sites: str = str(SITES), since: str = "", follow: bool = False) -> None:  # noqa: FBT001, FBT002
    """Show what the site logged lately, or --since a time, or as it comes with --follow."""
    _done(lambda: _tell(site_logs(_site(site, sites), since=since, follow=follow), end=""))


@task(positional=["site"])
def doctor(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Find out why a site does not answer: link by link, up to the first that is broken."""
    _done(lambda: _tell(examine(_site(site, sites))))


@task(positional=["site"])
def backup(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Copy the site's database while it is in use."""
    _done(lambda: site_data.back_up(_site(site, sites)))


@task(positional=["site"])
def backups(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """List the site's backups: name, when, size, age and kind; those elsewhere too."""
    _done(lambda: _tell(listing(_site(site, sites))))


# What is positional cannot be left out, and a backup that comes from elsewhere needs no name.
@task(positional=["site"] if "--from" in " ".join(sys.argv) else ["site", "name"])
def restore(_: Connection, site: str, name: str | None = None, from_: str = "", sites: str = str(SITES)) -> None:
    """Put a backup back by its name, or --from a file here or the place of copies; production asks for its host."""
    _done(lambda: site_data.restore(_site(site, sites), name or "", origin=from_))


@task(positional=["site"])
def move_to_postgres(_: Connection, site: str, sites: str = str(SITES)) -> None:
    """Bring the data from the site's SQLite file to the PostgreSQL that was provisioned, each table's rows counted."""
    _done(lambda: database_move.move_to_postgres(_site(site, sites)))


@task(positional=["site"])
def dbshell(_: Connection, site: str, sites: str = str(SITES), query: str = "") -> None:
    """Ask the site's own database, by --query or a line at a time; nothing can be changed."""
    for sql in [query] if query else sys.stdin:
        print(_done(lambda sql=sql: site_data.query(_site(site, sites), sql)))  # type: ignore[misc]


def _tell(lines: Iterable[str], end: str = "\n") -> None:
    for line in lines:
        print(line, end=end, flush=True)


def _site(name: str, sites: str) -> Site:
    described = read_isolated_sites(Path(sites))
    if name not in described:
        raise SitesError(f"There is no site {name!r} in {sites}; allowed: {', '.join(described) or 'none yet'}")
    require_key(described[name])
    return described[name]


def _done(work: Callable[[], Result]) -> Result:
    try:
        return work()
    except FAILURES as error:
        sys.exit(str(error))
