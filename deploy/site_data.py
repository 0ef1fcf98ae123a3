"""A site's data: copied, put back, looked at."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server, ServerError
from deploy import site_env as env
from deploy import site_lock as lock
from deploy.release import Releases
from deploy.remote_files import is_there
from deploy.site_layout import Place
from deploy.smoke import healthy

REMOTE = Path(__file__).resolve().parent / "remote"
Say = Callable[[str], None]


class RefusedError(Exception):
    """Something that was not done, for the sake of the data."""


def back_up(site: Site, say: Say = print) -> None:
    """Copy the database while it is in use; raises ServerError where there is none, and the site served before."""
    place = Place(site)
    with Server(site) as server:
        env.look(server, place)
        copy = Releases(server, place).back_up()
    say(f"The database is copied to {copy}" if copy else "There is no database yet.")


def restore(site: Site, name: str, ask: Callable[[str], str] = input, say: Say = print) -> None:
    """Put a backup back, by its file's name; what is there is backed up first.

    Raises RefusedError unless a person types a production site's host, and when there
    is no such backup; ServerError.
    """
    place = Place(site)
    with Server(site) as server, lock.held(server, place, f"restoring {name}"):
        # Whoever calls production staging in the sites file is asked nothing below.
        env.look(server, place)
        copy = place.backups / PurePosixPath(name).name
        if not is_there(server, copy):
            listed = server.run(Command(("ls", "-1", str(place.backups)), says="Listing the backups"))
            raise RefusedError(f"There is no backup {name!r}. There are:\n{listed or '(none)'}")
        _ask(site, ask)
        releases = Releases(server, place)
        before = releases.new_backup()
        say(f"Putting {copy} in place; what is there goes to {before}")
        _put_back(server, place, copy, before)
        say(f"{site.name} has the data of {copy.name} again, without a stamp: scenarios are refused until it has one.")
        healthy(site, releases.current())


def _ask(site: Site, ask: Callable[[str], str]) -> None:
    """Have a person say which site is meant, where data is not disposable."""
    if site.disposable:
        return
    try:
        typed = ask(f"The data of {site.host} will be REPLACED. Type {site.host} to go on: ").strip()
    except EOFError:
        typed = ""
    if typed != site.host:
        raise RefusedError(f"Refused: {typed!r} is not {site.host!r}. Nothing was changed.")


def _put_back(server: Server, place: Place, copy: PurePosixPath, before: PurePosixPath) -> None:
    """Exchange the data while the site serves, and migrate it; raises ServerError that says where the other data is."""
    program = (REMOTE / "restore_database.py").read_text()
    argv = ("python3", "-c", program, str(copy), str(place.database), str(before))
    # Given up, it would come to its end all the same, and nobody would migrate what it put there.
    server.run(Command(argv, says=f"Putting {copy} in place", timeout_s=None))
    try:
        server.run(place.manage("migrate", "--noinput"))
    except ServerError as error:
        raise ServerError(
            f"{error}\nThe data of {copy.name} is in place, and is not migrated; what was there before is in {before}."
        ) from error


def query(site: Site, sql: str) -> str:
    """Return what the database answers, as lines of values with tabs; it cannot be changed this way."""
    place = Place(site)
    argv = ("python3", "-c", (REMOTE / "query.py").read_text(), str(place.database))
    with Server(site) as server:
        env.look(server, place)
        return server.run(Command(argv, says="Asking the database", stdin=sql))
