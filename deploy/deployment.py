"""A deploy from its beginning to its proof, and the way back when that fails."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from acceptance.sites import SITES, Site
from acceptance.ssh import CutOffError, Server, ServerError
from deploy import mail_authority, old_backups
from deploy import site_env as env
from deploy import site_lock as lock
from deploy.release import Releases
from deploy.site_layout import Place
from deploy.smoke import ProofError, failing, healthy, is_well, prove, serving
from deploy.source import Code

Say = Callable[[str], None]


class DeployError(Exception):
    """A deploy that did not succeed; says at which step, what serves now, and where the backup is."""


@dataclass(frozen=True)
class _Before:
    """What served before a deploy, and what a rollback would have led to."""

    release: str
    previous: str


def deploy(site: Site, code: Code, *, sites: Path = SITES, say: Say = print) -> None:
    """Bring this code to the site and prove it; raises DeployError, or ServerError before anything was changed."""
    place = Place(site)
    with Server(site, say=say) as server, lock.held(server, place, f"deploying {code.commit}"):
        releases = Releases(server, place)
        before = _before(site, releases)
        backup = _prepared(server, place, code, before.release, say)
        kept = f"; the database before is {backup}" if backup else ""
        try:
            env.switch(server, place)
            releases.switch_to(code.commit)
            prove(site, code.commit, sites, say)
        except (ServerError, ProofError) as error:
            said = _gone_back(server, place, before, lambda: prove(site, before.release, sites, say), settings=True)
            raise DeployError(f"{error}\n{said}{kept}.") from error
        # Not before: what a deploy that fails goes back to may be old.
        try:
            for name in releases.prune():
                say(f"Removed the release {name}")
            for name in old_backups.prune(server, place):
                say(f"Removed the backup {name}")
        except ServerError as error:
            raise DeployError(
                f"{error}\n{site.name} serves {code.commit}, and what is old was not removed{kept}."
            ) from error
        say(f"{site.name} serves {code.commit}{kept}")


def _before(site: Site, releases: Releases) -> _Before:
    """Return what serves. A deploy that was cut off in its switch left `current` at what does not; that is undone."""
    current, previous = releases.current(), releases.previous()
    if previous not in ("", current) and serving(site) == previous:
        releases.undo_switch(previous)
        return _Before(previous, "")
    return _Before(current, previous)


def roll_back(site: Site, *, sites: Path = SITES, say: Say = print) -> None:
    """Let the release before serve again; the data stays. Raises DeployError or ServerError."""
    place = Place(site)
    with Server(site, say=say) as server, lock.held(server, place, "rolling back"):
        releases = Releases(server, place)
        before, now = releases.previous(), releases.current()
        if not before:
            raise DeployError(f"There is no release of {site.name} before {now or 'the first'}.")
        try:
            releases.switch_to(before)
            prove(site, before, sites, say)
        except (ServerError, ProofError) as error:
            said = _gone_back(server, place, _Before(now, before), lambda: prove(site, now, sites, say))
            raise DeployError(f"{error}\n{site.name} was not rolled back to {before}: {said}.") from error
        say(f"{site.name} serves {before} again")


def _prepared(server: Server, place: Place, code: Code, before: str, say: Say) -> PurePosixPath | None:
    """Do everything up to the switch; return where the backup of the database is. What serves goes on serving."""
    releases, making, migrating = Releases(server, place), False, False
    backup: PurePosixPath | None = None
    # A site that is down already is mended by a deploy, not kept from it.
    was_well = bool(before) and is_well(place.site, before)
    if before and not was_well:
        say(f"{before} is not well now; nobody looks whether it is once the database is migrated")
    try:
        mail = env.mail_of() | mail_authority.bring(server, place)
        env.prepare(server, place, env.settings_of(place) | mail)
        making = True
        releases.make(code)
        server.run(place.manage("check", "--deploy", "--fail-level=ERROR", release=code.commit))
        server.run(place.manage("check_mail", release=code.commit))
        if backup := releases.back_up():
            old_backups.note(server, place, backup)
        making, migrating = False, True
        releases.migrate(code.commit, new=backup is None)
        if was_well:
            healthy(place.site, before)
    except (ServerError, ProofError) as error:
        serving = f"{before} serves on" if before else "nothing serves yet"
        if making and not isinstance(error, CutOffError):
            _discarded(releases, code, say)
        if migrating:
            serving += _on_the_database(place.site, before if was_well else "", backup, error)
        raise DeployError(f"{error}\n{place.site.name} was not switched: {serving}.") from error
    return backup


def _discarded(releases: Releases, code: Code, say: Say) -> None:
    """Remove what was made in vain, which may be what fills the disk; that it cannot be is told, and no more."""
    try:
        releases.discard(code.commit)
    except ServerError as error:
        say(f"What was made of {code.commit} is still there: {error}")


def _on_the_database(site: Site, before: str, backup: PurePosixPath | None, error: Exception) -> str:
    """Return how a release that was well is on a database that a migration was begun on, and the way back from it."""
    told = ""
    if before and isinstance(error, ProofError):
        told = f", and {failing(site)} on the database as it was migrated"
    elif before:
        try:
            healthy(site, before)
            told = ", and is well on the database as the migration left it"
        except ProofError as seen:
            told = f", and {failing(site)} on the database as the migration left it: {seen}"
    if isinstance(error, CutOffError):
        told += ". The migration may still be running there; the next deploy or restore waits until it is over"
    if backup:
        told += f" (fab restore {site.name} {backup.name} puts it back); the database before is {backup}"
    return told


def _gone_back(
    server: Server, place: Place, before: _Before, proof: Callable[[], None], *, settings: bool = False
) -> str:
    """Let what served before serve again, with its settings, if there is any; return what became of that."""
    try:
        if settings:
            env.go_back(server, place)
        if not before.release:
            return "There is no release before it to go back to"
        Releases(server, place).go_back(before.release, before.previous)
        proof()
    except (ServerError, ProofError) as error:
        return f"It was to go back to {before.release or 'the settings before'}, and that failed too: {error}"
    return f"{before.release} serves again, and passes; the data entered since stays"
