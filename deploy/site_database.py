"""Where a site has its data, and which program works on it there. This is the one place of choice."""

from dataclasses import dataclass
from typing import Any

from acceptance.remote_command import Command
from deploy.remote_programs import program
from deploy.site_layout import SiteLayout


@dataclass(frozen=True)
class SiteDatabase:
    """A site's data, on its server or where that reaches it."""

    # The program of deploy/remote/ that does each action, and by what it finds the database: its file, or .env.
    remote: str
    address: str
    # What the names of backups end with.
    suffix: str
    # For messages: where to look if a site that served has no data any more.
    if_gone: str

    def program(self, action: str, *arguments: object, step: str, **options: Any) -> Command:
        """Return the command that does something with the database; every program takes the same arguments."""
        return program(self.remote, action, self.address, *map(str, arguments), step=step, **options)


def database_of(layout: SiteLayout) -> SiteDatabase:
    """Return where this site has its data."""
    return sqlite(layout)


def sqlite(layout: SiteLayout) -> SiteDatabase:
    """Return a file beside the site; the first deploy makes it."""
    path = str(layout.database)
    return SiteDatabase(
        remote="database",
        address=path,
        suffix="sqlite3",
        if_gone=(
            "Is its disk mounted? Nothing was made in its place. "
            f"If that data is gone for good, run there, as {layout.site.ssh.user}: "
            f"rm --force {path} {path}-wal {path}-shm && install --mode=660 /dev/null {path}"
        ),
    )
