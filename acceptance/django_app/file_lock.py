"""The lock on an SQLite database: a flock on a file beside it, which ends with its process however that ends.

deploy/remote/hold_lock.py takes the same one.
"""

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError

Identity = tuple[int, int]


class FileLock:
    """The lock on the database at a path, whatever links lead there."""

    def __init__(self, database: Path, holder: str) -> None:
        """Open the lock's file; raises CommandError."""
        self._named = database
        self._database = database.resolve()
        self._path = Path(f"{self._database}.lock")
        self._holder = holder
        self._locked: Identity | None = None
        self._file = self._opened()

    def __enter__(self) -> "FileLock":
        """Return the lock, which is not taken yet."""
        return self

    def take(self, since: str) -> bool:
        """Take the lock, if nobody holds it; raises CommandError for a database that has another one too."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if self._is_removed():
            # Who comes next would take the one that is there now.
            self._file.close()
            self._file = self._opened()
            return self.take(since)
        self._refuse_hard_links()
        self._locked = _identity(self._database)
        self._file.truncate(0)
        self._file.write(json.dumps({"holder": self._holder, "since": since}))
        self._file.flush()
        return True

    def holder(self) -> str:
        """Return who holds it and since when, as far as that was written."""
        self._file.seek(0)
        with suppress(ValueError, KeyError, TypeError):
            said = json.load(self._file)
            return f"{said['holder']} since {said['since']}"
        return "another process"

    def check(self) -> None:
        """Raise CommandError if the file of the lock, or the database's, is no longer the one it was."""
        if self._is_removed():
            raise CommandError(f"Refused: the lock on the database was lost: somebody removed {self._path}.")
        if self._named.resolve() != self._database or _identity(self._database) != self._locked:
            raise CommandError(f"Refused: {self._named} is another file than when its lock was taken.")

    def __exit__(self, *_: object) -> None:
        """Let go of it."""
        self._file.close()

    def _opened(self) -> TextIO:
        try:
            # Whoever makes it a link has nothing written elsewhere.
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            reason = "it is a symbolic link" if self._path.is_symlink() else error.strerror
            raise CommandError(f"Refused: the lock {self._path} cannot be opened: {reason}") from error
        return os.fdopen(handle, "a+")

    def _is_removed(self) -> bool:
        found = os.fstat(self._file.fileno())
        return _identity(self._path) != (found.st_dev, found.st_ino)

    def _refuse_hard_links(self) -> None:
        names = self._database.stat().st_nlink if self._database.exists() else 1
        if names > 1:
            raise CommandError(
                f"Refused: {self._database} has {names} names (hard links), and each would have a lock of its own."
            )


def _identity(path: Path) -> Identity | None:
    """Return which file a path leads to: its device, and its number there; None where there is none."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
