"""The directories that databases live in, one for each name of each owner.

ROOT/storage/OWNER/NAME/volume is what a container sees; `data` in it is a whole cluster, and
appears at once or not at all. A file `dropped` beside the volume says that all of it has to go.
"""

import os
import shutil
import stat
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from .errors import RefusedError
from .locks import PATIENCE_S, held
from .settings import SettingsError
from .storage_root import claimed

# Who the server is in a container of a service that runs as root; the image knows it too.
USER = 8432
BLOCK = 512
WRITABLE_BY_OTHERS = 0o022


@dataclass(frozen=True)
class Place:
    """One storage directory."""

    owner: str
    name: str
    folder: Path

    @property
    def volume(self) -> Path:
        """What the container sees of it."""
        return self.folder / "volume"

    @property
    def has_data(self) -> bool:
        """Whether there is a whole cluster."""
        return _is_folder(self.volume / "data")

    @property
    def is_dropped(self) -> bool:
        """Whether somebody asked for its end."""
        return (self.folder / "dropped").exists()

    def size(self) -> int:
        """Return how much room it takes on the disk, in bytes."""
        found = 0
        for folder, _, files in os.walk(self.volume):
            for name in files:
                try:
                    found += os.lstat(Path(folder, name)).st_blocks * BLOCK
                except FileNotFoundError:
                    # A running server removes files as it likes.
                    continue
        return found


class Storage:
    """All directories of one service."""

    def __init__(self, root: Path) -> None:
        """Make the root, which is for its owner only; raises SettingsError where it is not, or holds anything else."""
        self.root = root
        _make_private(root)
        self.service = claimed(root)
        for name in ("storage", "trash", "locks"):
            _make_private(root / name)

    def place(self, owner: str, name: str) -> Place:
        """Return where a database is kept, whether it exists or not; raises RefusedError for a link."""
        place = Place(owner, name, self.root / "storage" / owner / name)
        for folder in (place.folder.parent, place.folder, place.volume):
            if os.path.lexists(folder) and not _is_folder(folder):
                raise RefusedError(409, f"storage_dir: {name} is no directory on the server, and is not used")
        return place

    def places(self) -> Iterator[Place]:
        """Go through what there is, but not through links."""
        for folder in sorted((self.root / "storage").glob("*/*")):
            if _is_folder(folder) and _is_folder(folder.parent):
                yield Place(folder.parent.name, folder.name, folder)

    def make(self, place: Place) -> None:
        """Make the directory, for the server's own user; what there is stays."""
        place.volume.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(place.volume, USER, USER)

    def locked(self, owner: str, name: str, within_s: float = PATIENCE_S) -> AbstractContextManager[None]:
        """Hold one database, so that only one request changes it at a time."""
        return held(self.root / "locks" / f"{owner}.{name}", within_s)

    def counted(self) -> AbstractContextManager[None]:
        """Hold the number of databases, and the ports they have."""
        return held(self.root / "locks" / "all")

    def mark_dropped(self, place: Place) -> None:
        """Note that it has to go, whatever happens until it has."""
        if _is_folder(place.folder):
            (place.folder / "dropped").touch()

    def drop(self, place: Place) -> None:
        """Remove it and all data in it; safe to call twice."""
        gone = self.root / "trash" / uuid.uuid4().hex
        if _is_folder(place.folder):
            place.folder.rename(gone)
            shutil.rmtree(gone)

    def empty_trash(self) -> None:
        """Remove what somebody who was killed was just removing."""
        for left in (self.root / "trash").iterdir():
            shutil.rmtree(left, ignore_errors=True)


def user() -> str:
    """Return which user and group a server runs as: never root, and whom the directories belong to."""
    return f"{USER}:{USER}" if os.geteuid() == 0 else f"{os.geteuid()}:{os.getegid()}"


def _make_private(folder: Path) -> None:
    """Make a folder that nobody else can swap a part of; raises SettingsError where one is there that is not so."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not _is_folder(folder) or found.st_uid != os.geteuid() or found.st_mode & WRITABLE_BY_OTHERS:
        raise SettingsError(
            f"DATABASES_ROOT: {folder} has to be a folder of the account that serves, no link to one, and "
            f"writable for nobody else; chmod 700 {folder} sees to the last"
        )


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False
