"""One release on the server: made beside the one that serves, which goes on serving until the switch."""

from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy import remote_commands as errands
from deploy import remote_files as files
from deploy.runtimes import runtime_of
from deploy.site_layout import Place
from deploy.source import Code

REMOTE = Path(__file__).resolve().parent / "remote"
KEPT = 5


class Releases:
    """The releases of one site."""

    def __init__(self, server: Server, place: Place) -> None:
        """Work on `place` by way of `server`."""
        self._server = server
        self._place = place
        self._runtime = runtime_of(place.site)
        self._backed_up = ""

    def current(self) -> str:
        """Return the name of the release that serves; empty before the first deploy."""
        return files.name_behind(self._server, self._place.current)

    def previous(self) -> str:
        """Return the name of the release that served before; empty if none did."""
        return files.name_behind(self._server, self._place.previous)

    def names(self) -> list[str]:
        """Return all releases, the newest first."""
        asked = Command(("ls", "-1", "--sort=time", str(self._place.releases)), says="Listing the releases")
        return self._server.run(asked).split()

    def make(self, code: Code) -> None:
        """Put the code in place, ready to run, and publish its static files; raises ServerError."""
        folder = self._place.releases / code.commit
        # What an earlier try left half-made is made anew; one that serves, or is the way back, is left alone.
        if code.commit in (self.current(), self.previous()):
            if not self._runtime.is_complete(self._server, self._place, code.commit):
                self._install(code)
            return
        self._run("rm", "--recursive", "--force", "--", str(folder), says=f"Clearing {folder}")
        self._server.run(errands.make_folder(folder))
        self._server.run(errands.extract(code.archive, folder))
        self._server.run(Command(("tee", f"{folder}/RELEASE"), says="Naming the release", stdin=f"{code.commit}\n"))
        self._install(code)

    def discard(self, name: str) -> None:
        """Remove a release that never served, unless it is the one that serves or the one before it."""
        self._run("rm", "--recursive", "--force", "--", str(self._place.coming), says="Clearing static files")
        if name not in (self.current(), self.previous()):
            self._remove(name)

    def _remove(self, name: str) -> None:
        folder = str(self._place.releases / name)
        # The folder last: by it the next deploy finds what could not be removed.
        self._runtime.remove(self._server, self._place, name)
        self._run("rm", "--recursive", "--force", "--", folder, says=f"Removing the release {name}")

    def _install(self, code: Code) -> None:
        """Have the runtime make the release ready, and publish its static files."""
        static, coming = str(self._place.static), str(self._place.coming)
        self._run("rm", "--recursive", "--force", "--", coming, says="Clearing the coming static files")
        self._runtime.install(self._server, self._place, code)
        # The site's own files are for its two accounts; these are for nginx.
        self._run("chmod", "--recursive", "a+rX", coming, says="Opening the static files to nginx")
        # Beside those of earlier releases, whose pages may still be open somewhere. Links: each file comes whole, or
        # half of one that a full disk left would stay for ever under a name that tells what is in it.
        linked = ("cp", "--recursive", "--link", "--no-clobber", f"{coming}/.", static)
        self._run(*linked, says="Publishing static files")
        self._run("rm", "--recursive", "--", coming, says="Clearing what was published")

    def new_backup(self) -> PurePosixPath:
        """Return where a copy of the database goes that is made now."""
        # To the microsecond: two backups within a second are two files.
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S.%fZ")
        return self._place.backups / f"{moment}.sqlite3"

    def back_up(self) -> PurePosixPath | None:
        """Copy the database while it is in use; return where the copy is, or nothing if there is no database yet.

        Raises ServerError, also for a site that served and has none any more.
        """
        place, served = self._place, self.current()
        self._backed_up = files.identity_of(self._server, place.database)
        size = files.size_of(self._server, place.database)
        if served and not (size and self._holds_tables()):
            raise ServerError(_gone(place, served, "holds no table" if size is not None else "is not there"))
        if not size:
            return None
        copy = self.new_backup()
        argv = ("python3", "-c", (REMOTE / "copy_database.py").read_text(), str(place.database), str(copy))
        self._server.run(Command(argv, says=f"Backing up the database to {copy}", timeout_s=None))
        return copy

    def _holds_tables(self) -> bool:
        # Where the file is not there, SQLite makes an empty one for the first who asks the site for anything.
        argv = ("python3", "-c", (REMOTE / "query.py").read_text(), str(self._place.database))
        asked = Command(argv, says=f"Looking into {self._place.database}", stdin="SELECT count(*) FROM sqlite_master")
        return self._server.run(asked).split()[-1] != "0"

    def migrate(self, name: str, *, new: bool) -> None:
        """Migrate the database with this release's code; stamp it if this very deploy makes it, on staging.

        Raises ServerError, also where it is another file than the one that was backed up.
        """
        if not new:
            self._look_whether_exchanged()
        if new:
            # SQLite's own would be for one account, and what it puts beside it too.
            program = (REMOTE / "make_database.py").read_text()
            self._run("python3", "-c", program, str(self._place.database), says="Making the database's file")
        command = "migrate_disposable" if new and self._place.site.disposable else "migrate"
        arguments = [] if command == "migrate_disposable" else ["--noinput"]
        self._server.run(self._place.manage(command, *arguments, release=name))
        if not new:
            self._look_whether_exchanged()

    def _look_whether_exchanged(self) -> None:
        # Where the file was taken away, the site or the migration makes an empty one, on which every release is well.
        path = self._place.database
        if self._backed_up and files.identity_of(self._server, path) != self._backed_up:
            raise ServerError(
                f"{path} was taken away or exchanged since it was backed up. Put it back where it was; "
                "what is there now may be empty"
            )

    def switch_to(self, name: str) -> None:
        """Let this release serve, without losing a request."""
        before = self.current()
        if before and before != name:
            self._point(self._place.previous, before)
        self._point(self._place.current, name)
        self._runtime.switch(self._server, self._place, name)

    def go_back(self, name: str, previous: str) -> None:
        """Let the release before serve again, as if there had been no switch: a rollback leads to the one before it."""
        self._point(self._place.current, name)
        if previous:
            self._point(self._place.previous, previous)
        else:
            self._forget_previous()
        self._runtime.switch(self._server, self._place, name)

    def undo_switch(self, serving: str) -> None:
        """Let `current` lead to what serves: nobody restarted the site. What served before that is not known."""
        self._point(self._place.current, serving)
        self._forget_previous()

    def _forget_previous(self) -> None:
        self._run("rm", "--force", "--", str(self._place.previous), says="Forgetting the release before")

    def _point(self, link: PurePosixPath, name: str) -> None:
        for command in errands.switch_link(link, self._place.releases / name):
            self._server.run(command)

    def prune(self) -> list[str]:
        """Remove releases of long ago, never one that serves or the one before it; return their names."""
        in_use = {self.current(), self.previous()}
        gone = [name for name in self.names()[KEPT:] if name not in in_use]
        for name in gone:
            self._remove(name)
        return gone

    def _run(self, *argv: str, says: str) -> None:
        self._server.run(Command(argv, says=says))


def _gone(place: Place, served: str, how: str) -> str:
    """Return what is missing of a site that served, and how to go on without it."""
    path, site = place.database, place.site.name
    return (
        f"{served} served, and {path} {how}. Is its disk mounted? Nothing was made in its place. "
        f"If that data is gone for good, run there, as {place.site.ssh.user}: "
        f"rm --force {path} {path}-wal {path}-shm && install --mode=660 /dev/null {path}\n"
        f"Then fab restore {site} puts a backup back; or, where nothing is to come back, "
        f"rm {place.current} has the next fab deploy {site} begin anew"
    )
