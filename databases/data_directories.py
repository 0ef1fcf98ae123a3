"""The directories that databases live in, one for each name of each owner.

ROOT/storage/OWNER/NAME/volume is what a container sees; `data` in it is a whole cluster, and
appears at once or not at all. A file `dropped` beside the volume says that all of it must go.
The service removes what it finds below ROOT, so ROOT bears its mark and belongs to it alone.
"""

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from . import RefusedError
from .settings import SettingsError

MARK = ".service"
# The account of a server whose service runs as root; the image knows it too.
USER = 8432
BLOCK = 512
WRITABLE_BY_OTHERS = 0o022
LOCK_WAIT_S = 90.0


@dataclass(frozen=True)
class StorageDir:
    """One storage directory."""

    owner: str
    name: str
    folder: Path

    @property
    def volume(self) -> Path:
        """What the container sees of it."""
        return self.folder / "volume"

    def has_data(self) -> bool:
        """Tell whether there is a whole cluster."""
        return _is_folder(self.volume / "data")

    def is_dropped(self) -> bool:
        """Tell whether somebody asked for its end."""
        return os.path.lexists(self.folder / "dropped")

    def size(self) -> int:
        """Return how much room it takes on the disk, in bytes."""
        total = 0
        for folder, _, files in os.walk(self.volume):
            for name in files:
                # A running server removes files as it likes.
                with suppress(FileNotFoundError):
                    total += os.lstat(Path(folder, name)).st_blocks * BLOCK
        return total


class Storage:
    """All directories of one service."""

    def __init__(self, root: Path) -> None:
        """Make the root, for this account only; raises SettingsError where it is not, or contains anything else."""
        self.root = root
        try:
            _make_private(root)
            self.service_id = _marked(root)
            for name in ("storage", "trash", "locks"):
                _make_private(root / name)
        except OSError as error:
            raise SettingsError(f"DATABASES_ROOT: {root} cannot be used: {error}") from error

    def directory(self, owner: str, name: str) -> StorageDir:
        """Return where a database is kept, whether it exists or not; raises RefusedError for a link."""
        directory = StorageDir(owner, name, self.root / "storage" / owner / name)
        for folder in (directory.folder.parent, directory.folder, directory.volume):
            if os.path.lexists(folder) and not _is_folder(folder):
                raise RefusedError(409, f"storage_dir: {name} is no directory on the server, and is not used")
        return directory

    def directories(self) -> Iterator[StorageDir]:
        """Go through the directories that exist, but not through links."""
        for folder in sorted((self.root / "storage").glob("*/*")):
            if _is_folder(folder) and _is_folder(folder.parent):
                yield StorageDir(folder.parent.name, folder.name, folder)

    def make(self, directory: StorageDir) -> None:
        """Make the directory, for the server's own account; what exists stays."""
        directory.volume.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(directory.volume, USER, USER)

    @contextmanager
    def locked(self, name: str, within_s: float = LOCK_WAIT_S) -> Iterator[None]:
        """Hold the lock of this name among threads and processes; raises RefusedError if it is not free in time."""
        try:
            with FileLock(self.root / "locks" / name, timeout=within_s, thread_local=False):
                yield
        except Timeout as error:
            raise RefusedError(503, "Another request for the same takes too long; try again later") from error

    def mark_dropped(self, directory: StorageDir) -> None:
        """Note that it must go, whatever happens until it has."""
        if _is_folder(directory.folder):
            (directory.folder / "dropped").touch()

    def drop(self, directory: StorageDir) -> None:
        """Remove it with all its data; safe to call twice."""
        trash = self.root / "trash" / uuid.uuid4().hex
        if _is_folder(directory.folder):
            directory.folder.rename(trash)
            shutil.rmtree(trash)

    def empty_trash(self) -> None:
        """Remove what a service that was killed was just removing."""
        for leftover in (self.root / "trash").iterdir():
            shutil.rmtree(leftover, ignore_errors=True)


def server_user() -> str:
    """Return the user and group of a server, which own the directories: never root."""
    return f"{USER}:{USER}" if os.geteuid() == 0 else f"{os.geteuid()}:{os.getegid()}"


def _marked(root: Path) -> str:
    """Return the identity of the service in this folder, which a new or empty one is given."""
    mark = root / MARK
    with FileLock(root / f"{MARK}.lock"):
        if not mark.exists():
            foreign = sorted(path.name for path in root.iterdir() if path.name not in (f"{MARK}.lock", "lost+found"))
            # Tokens may be made before the service starts for the first time.
            if foreign not in ([], ["tokens"]):
                raise SettingsError(
                    f"DATABASES_ROOT: {root} contains {', '.join(foreign[:3])}, which no service of databases made, "
                    "and which it would remove; allowed: a new or empty folder, or one that a service used before"
                )
            new = mark.with_suffix(".new")
            new.write_text(uuid.uuid4().hex, encoding="utf-8")
            new.rename(mark)
    return mark.read_text(encoding="utf-8").strip()


def _make_private(folder: Path) -> None:
    """Make a folder that nobody else can swap a part of; raises SettingsError where one exists that is not so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & WRITABLE_BY_OTHERS:
        raise SettingsError(
            f"DATABASES_ROOT: {folder} must be a folder, not a link, that belongs to the account that serves and that "
            f"nobody else can write to; for the last: chmod 700 {folder}"
        )


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False
