"""A site's backups: which there are, on its server and elsewhere, and whether its timer makes the daily ones."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server, ServerError
from deploy import site_env
from deploy.provision_operations import Host
from deploy.remote_files import remove
from deploy.remote_programs import source
from deploy.site_database import SiteDatabase, database_of
from deploy.site_layout import SiteLayout

# What a server needs to copy its backups to another machine.
PACKAGES = ("openssh-client", "rsync")
# What the timer runs, and what that runs.
PROGRAMS = ("backup", "lock", "update_env")
WHEN = "%Y-%m-%dT%H-%M-%S.%fZ"
NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}Z)(?:-(daily|deploy|restore|manual))?\.\w+")
DAILY = "daily"
KINDS = {DAILY: DAILY, "deploy": "before a deploy", "restore": "before a restore", "manual": "by hand"}
# The timer runs once a day, within an hour; a deploy or a run may keep it waiting.
LATE = timedelta(hours=36)
TRANSFER_LIMIT_S = 3600.0
KB, MB = 1_000, 1_000_000
NONE = "There are none yet."


@dataclass(frozen=True, order=True)
class Backup:
    """A copy of a site's database, in bytes; the oldest comes first."""

    made: datetime
    name: str
    size: int
    kind: str

    @property
    def age(self) -> timedelta:
        """How long ago it was made."""
        return datetime.now(UTC) - self.made

    def __str__(self) -> str:
        made = f"{self.made:%Y-%m-%d %H:%M} UTC"
        size = f"{self.size / MB:.1f} MB" if self.size >= MB else f"{self.size / KB:.0f} kB"
        return f"{self.name:<42}  {made}  {size:>10}  {_told(self.age):>8} old  {self.kind}"


def new_backup(layout: SiteLayout, kind: str, database: SiteDatabase | None = None) -> PurePosixPath:
    """Return where a backup of this kind goes that is made now, of the site's database or of one that it had."""
    # To the microsecond: two backups within a second are two files.
    return layout.backups / f"{datetime.now(UTC).strftime(WHEN)}-{kind}.{(database or database_of(layout)).suffix}"


def place(site: Site) -> str:
    """Return where copies of this site's backups go, as rsync has it; empty for nowhere."""
    # Each host has a folder of its own: nobody takes another site's copies for theirs.
    return f"{site.backups.to}/{site.host}" if site.backups else ""


def provision(host: Host, layout: SiteLayout) -> Iterator[str]:
    """Put there what the timer runs, and the way to the machine that keeps copies, with a key of the server's own."""
    site, deployer, database = layout.site, layout.site.ssh.user, database_of(layout)
    settings = {
        "program": database.remote,
        "database": database.address,
        "led_to": database.led_to,
        "lock": str(layout.database),
        "locked_by": database.locked_by,
        "environment": str(layout.environment),
        "settings": site_env.settings_of(layout),
        "backups": str(layout.backups),
        "suffix": database.suffix,
        "to": place(site),
    }
    for name in (*PROGRAMS, database.remote):
        yield from host.file(layout.library / f"{name}.py", source(name))
    yield from host.file(layout.library / "backup.json", json.dumps(settings, indent=1))
    if not site.backups:
        return
    key = _key(layout)
    way = layout.filled("backup-ssh", port=str(site.backups.port), key=str(key))
    yield from host.file(layout.library / "backup-ssh", way)
    yield from host.file(layout.library / "backup-known-hosts", f"backups {site.backups.host_key}\n")
    if not host.is_there(key, account=deployer):
        made = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", layout.unit, "-f", str(key))
        host.server.run(Command(made, step=f"Making {key}", user=deployer))
        shown = Command(("cat", f"{key}.pub"), step=f"Reading {key}.pub", user=deployer)
        yield f"made a key for {site.backups.to}, which has to let it in: {host.server.run(shown)}"


def _key(layout: SiteLayout) -> PurePosixPath:
    return layout.user_home / ".ssh" / f"{layout.unit}-backup"


def listing(site: Site) -> Iterator[str]:
    """Tell each backup in a line, the newest last: those on the server, and those elsewhere."""
    layout = SiteLayout(site)
    with Server(site) as server:
        yield from [*map(str, on_server(server, layout))] or [NONE]
        if site.backups:
            yield f"At {place(site)}:"
            try:
                yield from [*map(str, elsewhere(server, layout))] or [NONE]
            except ServerError as error:
                key = f"{_key(layout)}.pub"
                yield f"They cannot be seen. Is the server's {key} in that account's authorized_keys? {error}"
        else:
            yield f"No copies are made on another machine: [{site.name}.backups] in the sites file names one"


def on_server(server: Server, layout: SiteLayout) -> list[Backup]:
    """Return the backups in the site's folder, the newest last; raises ServerError."""
    none = ("!", "-name", ".*", "!", "-name", "*.unfinished*", "!", "-name", "*.restoring*")
    find = ("find", str(layout.backups), "-maxdepth", "1", "-type", "f", *none, "-printf", "%s %T@ %f\n")
    lines = server.run(Command(find, step=f"Listing {layout.backups}")).splitlines()
    found = [line.split(" ", 2) for line in lines]
    return sorted(_backup(name, size, float(written)) for size, written, name in found)


def elsewhere(server: Server, layout: SiteLayout) -> list[Backup]:
    """Return the daily backups that were copied to another machine, the newest last; raises ServerError."""
    listed = rsync(layout, "--list-only", "--no-human-readable", f"{place(layout.site)}/", step="Looking there")
    # Mode, size, date, time, and name.
    found = [line.split(maxsplit=4) for line in server.run(listed).splitlines()]
    return sorted(_backup(each[-1], each[1], 0) for each in found if NAME.fullmatch(each[-1]))


def rsync(layout: SiteLayout, *arguments: str, step: str) -> Command:
    """Return a command that the server runs to reach the machine that keeps copies."""
    argv = ("rsync", f"--rsh=ssh -F {layout.library / 'backup-ssh'}", *arguments)
    return Command(argv, step=step, timeout_s=TRANSFER_LIMIT_S)


def is_place(site: Site, origin: str) -> bool:
    """Tell whether this is where copies of the site's backups go."""
    return bool(site.backups and origin == site.backups.to)


@contextmanager
def fetched(server: Server, layout: SiteLayout, origin: str, name: str) -> Iterator[tuple[PurePosixPath, str]]:
    """Have a backup on the server for a while, and its name: one of the place of copies, or a file here.

    Without a name it is the newest of the place. Raises ServerError.
    """
    # Where the connection is cut off, a deploy removes it with what is as old.
    coming = PurePosixPath(f"{new_backup(layout, 'restore')}.unfinished")
    try:
        if is_place(layout.site, origin):
            if not name and not (found := elsewhere(server, layout)):
                raise ServerError(f"There is no backup at {place(layout.site)}")
            name = name or found[-1].name
            paths = (f"{place(layout.site)}/{name}", str(coming))
            server.run(rsync(layout, *paths, step=f"Fetching {name} from {origin}"))
        else:
            name, dd = Path(origin).name, ("dd", "status=none", f"of={coming}")
            with Path(origin).open("rb") as file:
                server.run(Command(dd, step=f"Sending {origin}", stdin=file, timeout_s=TRANSFER_LIMIT_S))
        yield coming, name
    finally:
        with suppress(ServerError):
            server.run(remove(coming, f"Removing {coming}"))


def _backup(name: str, size: str, written: float) -> Backup:
    """Return what a file is; `written`, in seconds, tells of one that a person named."""
    found = NAME.fullmatch(name)
    if not found:
        return Backup(datetime.fromtimestamp(written, UTC), name, int(size), KINDS["manual"])
    made = datetime.strptime(found[1], WHEN).replace(tzinfo=UTC)
    # Those of before had no kind in their names.
    return Backup(made, name, int(size), KINDS.get(found[2], "by a deploy, a restore or by hand"))


def summary(server: Server, layout: SiteLayout) -> str:
    """Return how old the newest backup is, and whether daily ones are made."""
    newest = "unknown"
    try:
        found = on_server(server, layout)
        newest = f"the newest is {_told(found[-1].age)} old, {found[-1].kind}" if found else "there are none yet"
        require_daily(server, layout)
    except ServerError as error:
        return f"{newest}; NO daily ones are made: {error}"
    return f"{newest}; a timer makes daily ones"


def require_daily(server: Server, layout: SiteLayout) -> None:
    """Raise ServerError unless the timer makes daily backups, and its last run did not fail."""
    unit = f"{layout.unit}-backup"
    if _shown(server, f"{unit}.timer", "ActiveState") != "active":
        raise ServerError("their timer does not run; fab provision starts it")
    # Before the first deploy, there is nothing to back up.
    if (result := _shown(server, f"{unit}.service", "Result")) not in ("success", "exec-condition"):
        asked = ("journalctl", f"--identifier={unit}", "--lines=1", "--output=cat", "--no-pager", "--quiet")
        log = server.run(Command(asked, step="Asking why the last backup failed"))
        raise ServerError(f"the timer's last run failed: {log or result}")
    found = on_server(server, layout)
    daily = [each for each in found if each.kind == DAILY]
    if daily and daily[-1].age > LATE:
        raise ServerError(f"the newest is {_told(daily[-1].age)} old")
    if found and not daily and found[0].age > LATE:
        raise ServerError(f"none was made yet, though there are backups that are {_told(found[0].age)} old")


def _shown(server: Server, unit: str, name: str) -> str:
    asked = ("systemctl", "show", f"--property={name}", "--value", unit)
    return server.run(Command(asked, step=f"Asking for {name} of {unit}"))


def _told(age: timedelta) -> str:
    return f"{age.days} days" if age.days > 1 else f"{age // timedelta(hours=1)} h"
