"""A site's database on its server: backed up, migrated, put back from a backup, asked.

Backups are named by their moment, so that they sort. A deploy that fails names its backup as what the data was before.
A link says which that is: it is set before anything is changed, so that it is there however the deploy ends.
"""

import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path, PurePosixPath

from acceptance.sites import Site
from acceptance.ssh import Server, ServerError
from deploy import site_env, site_lock
from deploy.backups import fetched, is_place, new_backup
from deploy.release import Releases
from deploy.remote_files import is_there, linked_names, move, names_in, remove, switch_link
from deploy.site_database import database_of
from deploy.site_layout import SiteLayout
from deploy.smoke import Say, wait_until_healthy

KEPT = 10
# The timer's own, and what a person called otherwise, are not pruned.
KIND = "(?:-(?:deploy|restore|manual))?"
CUT_OFF = r"(\.unfinished|\.restoring)(-wal|-shm|-journal)?"
NAME = re.compile(rf"\d{{4}}-\d\d-\d\dT[\d.-]+Z{KIND}\.(?:sqlite3|dump)({CUT_OFF})?")


class RestoreRefusedError(Exception):
    """A restore that was refused, for the sake of the data; nothing was changed."""


class SiteData:
    """The database of one site, as a deploy works on it."""

    def __init__(self, server: Server, layout: SiteLayout) -> None:
        self._server = server
        self._layout = layout
        self._database = database_of(layout)
        self._backed_up = ""

    def back_up(self, served: str, kind: str = "deploy") -> PurePosixPath | None:
        """Copy the database while it is in use; return where the copy is, or nothing if there is no database yet.

        `served` is the release that serves, empty before the first deploy. Raises ServerError, also for a site that
        served and has no data any more.
        """
        self._backed_up, state = self.look()
        # Where an SQLite file is not there, SQLite makes an empty one for the first who asks the site for anything.
        if served and state != "full":
            raise ServerError(_gone(self._layout, served, "holds no table" if state else "is not there"))
        if state in ("", "empty"):
            return None
        copy = new_backup(self._layout, kind)
        step = f"Backing up the database to {copy}"
        self._server.run(self._database.program("copy", copy, step=step, timeout_s=None))
        return copy

    def look(self) -> tuple[str, str]:
        """Return what tells the database from another in its place, and what is in it; nothing where there is none."""
        found = self._server.run(self._database.program("look", step="Looking into the database"))
        identity, _, state = found.partition(" ")
        return identity, state

    def note(self, backup: PurePosixPath) -> None:
        """Remember that a deploy begins upon this backup; raises ServerError."""
        deploying = self._layout.deploying_backup
        if any(linked_names(self._server, deploying)):
            # The deploy before did not come to its end: its message is the last that named a backup.
            self._server.run(move(deploying, self._layout.failed_backup))
        self._server.run(switch_link(deploying, backup))

    def migrate(self, release: str, *, new: bool) -> None:
        """Migrate the database with this release's code; stamp it if this very deploy makes it, on staging.

        Raises ServerError, also where it is another file than the one that was backed up.
        """
        layout = self._layout
        if new:
            # SQLite's own file would be for one account, and what it puts beside it too.
            self._server.run(self._database.program("make", step="Making the database the site's own"))
        else:
            self._refuse_exchanged()
        disposable = ("migrate_disposable",) if new and layout.site.disposable else ("migrate", "--noinput")
        self._server.run(layout.manage(*disposable, release=release))
        if not new:
            self._refuse_exchanged()

    def _refuse_exchanged(self) -> None:
        # Where the file was taken away, the site or the migration makes an empty one, on which every release is well.
        if self._backed_up and self.look()[0] != self._backed_up:
            raise ServerError(
                f"{self._database.address} was taken away or exchanged since it was backed up. "
                "Put it back where it was; what is there now may be empty"
            )

    def prune(self) -> list[str]:
        """Remove what is older than the last backups, once a deploy succeeded; return the names. Raises ServerError."""
        layout = self._layout
        self._server.run(remove(layout.deploying_backup, "Forgetting this deploy's backup"))
        [named] = linked_names(self._server, layout.failed_backup)
        removed = old_backups(names_in(self._server, layout.backups), named=named)
        for name in removed:
            self._server.run(remove(layout.backups / name, f"Removing the backup {name}"))
        return removed


def old_backups(names: list[str], named: str) -> list[str]:
    """Return those to remove: whole ones before the last, and what was cut off before them; never the one `named`."""
    ours = {name: found for name in sorted(names) if (found := NAME.fullmatch(name))}
    kept = [name for name, found in ours.items() if not found[1]][-KEPT:]
    return [name for name in ours if len(kept) == KEPT and name < kept[0] and name != named]


def _gone(layout: SiteLayout, served: str, how: str) -> str:
    """Return what is missing of a site that served, and how to go on without it."""
    site, database = layout.site.name, database_of(layout)
    return (
        f"{served} served, and {database.address} {how}. {database.if_gone}\n"
        f"Then fab restore {site} puts a backup back; or, where nothing is to come back, "
        f"rm {layout.current} has the next fab deploy {site} begin anew"
    )


def back_up(site: Site, say: Say = print) -> None:
    """Copy the database while it is in use; raises ServerError where there is none, and the site served before."""
    layout = SiteLayout(site)
    with Server(site) as server:
        site_env.look(server, layout)
        copy = SiteData(server, layout).back_up(Releases(server, layout).current(), "manual")
    say(f"The database is copied to {copy}" if copy else "There is no database yet.")


def restore(site: Site, name: str, ask: Callable[[str], str] = input, say: Say = print, *, origin: str = "") -> None:
    """Put a backup back, by its file's name, while the site serves; what is there is backed up first.

    It comes from `origin` where one is given: a file here, or the place of the copies, whose newest needs no name.
    Raises RestoreRefusedError unless a person types a production site's host, and when there
    is no such backup; ServerError that says where the other data is.
    """
    layout = SiteLayout(site)
    if origin and not is_place(site, origin):
        _require_whole_file(site, origin)
    with Server(site) as server, site_lock.held(server, layout, f"restoring {name or origin}"):
        # Whoever calls production staging in the sites file is asked nothing below.
        site_env.look(server, layout)
        there = layout.backups / PurePosixPath(name).name
        if not origin and not (name and is_there(server, there)):
            listed = "\n".join(sorted(names_in(server, layout.backups)))
            raise RestoreRefusedError(f"There is no backup {name!r}. There are:\n{listed or '(none)'}")
        _ask(site, ask)
        chosen = fetched(server, layout, origin, name) if origin else nullcontext((there, there.name))
        with chosen as (copy, called):
            _exchange(server, layout, copy, called, say)


def _require_whole_file(site: Site, origin: str) -> None:
    """Raise RestoreRefusedError unless there is such a file here, with all that was written to it."""
    if not Path(origin).is_file():
        to = site.backups.to if site.backups else "none"
        allowed = f"a file here, or the place of copies that [{site.name}.backups] names: {to}"
        raise RestoreRefusedError(f"--from: is {origin!r}; allowed: {allowed}")
    log = Path(f"{origin}-wal")
    if log.exists() and log.stat().st_size:
        both = f'sqlite3 {origin} "PRAGMA wal_checkpoint(TRUNCATE)"'
        raise RestoreRefusedError(f"{origin} is not whole: {log} has what was written last. {both} puts it in")


def _exchange(server: Server, layout: SiteLayout, copy: PurePosixPath, name: str, say: Say) -> None:
    """Put the backup in place and migrate it; raises ServerError."""
    site, database, before = layout.site, database_of(layout), new_backup(layout, "restore")
    served = Releases(server, layout).current()
    new = not served and SiteData(server, layout).look()[1] in ("", "empty")
    if new:
        server.run(database.program("make", step="Making the database"))
    say(f"Putting {name} in place{'' if new else f'; what is there goes to {before}'}")
    # Without a timeout: given up, it would end all the same, and nobody would migrate what it put there.
    step = f"Putting {name} in place"
    server.run(database.program("restore", copy, before, step=step, timeout_s=None))
    if new:
        server.run(remove(before, "Removing the copy of a database that held nothing"))
    if not served:
        say(f"{site.name} has the data of {name}; fab deploy {site.name} migrates it and serves it")
        return
    try:
        server.run(layout.manage("migrate", "--noinput"))
    except ServerError as error:
        outcome = f"The data of {name} is in place, and is not migrated; what was there before is in {before}."
        raise ServerError(f"{error}\n{outcome}") from error
    say(f"{site.name} has the data of {name} again, without a stamp: scenarios are refused until it has one.")
    wait_until_healthy(site, served)


def _ask(site: Site, ask: Callable[[str], str]) -> None:
    """Have a person say which site is meant, where data is not disposable."""
    if site.disposable:
        return
    try:
        typed = ask(f"The data of {site.host} will be REPLACED. Type {site.host} to go on: ").strip()
    except EOFError:
        typed = ""
    if typed != site.host:
        raise RestoreRefusedError(f"Refused: {typed!r} is not {site.host!r}. Nothing was changed.")


def query(site: Site, sql: str) -> str:
    """Return what the database answers, as lines of values with tabs; it cannot be changed this way."""
    layout = SiteLayout(site)
    with Server(site) as server:
        site_env.look(server, layout)
        return server.run(database_of(layout).program("query", step="Asking the database", stdin=sql))
