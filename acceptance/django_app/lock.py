"""One at a time: the lock on a database that scenarios empty.

Beside an SQLite file it is a flock on `DATABASE.lock`, in which its holder writes
{"holder": WHO, "since": WHEN} as JSON; programs that are no part of Django take the same lock.
On PostgreSQL it is an advisory lock. Either ends with its process, however that ends.
"""

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections

from acceptance.django_app.guard import is_in_memory

ADVISORY_LOCK = 20_251_120
POLL_S = 0.1
SINCE = "|"
# The lock of this process, which its own commands need not wait for.
_own: "list[FileLock | AdvisoryLock]" = []

HOLDER_SQL = """
SELECT activity.application_name
FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objid = %s
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@contextmanager
def hold(holder: str = "", *, wait_s: float = 0, is_abandoned: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock on this site's database; commands called meanwhile share it.

    Raises CommandError that says who holds it and since when, after waiting for
    `wait_s` seconds; that nobody wants it any more, as `is_abandoned` tells meanwhile; or
    that the lock was lost. What was true of the database before may not be so any more
    once the lock is held: whoever looked at it looks again.
    """
    if _own or is_in_memory(connection):
        refuse_lost_lock()
        yield
        return
    with closing(_lock(holder or this_process())) as lock:
        _wait(lock, wait_s, is_abandoned)
        lock.check()
        # What is open may lead to a database that was exchanged meanwhile.
        connections.close_all()
        _own.append(lock)
        try:
            yield
        finally:
            _own.clear()


def refuse_lost_lock() -> None:
    """Raise CommandError if this process took the lock and lost it, or it is another database's by now."""
    for lock in _own:
        lock.check()


def this_process() -> str:
    """Return how this process is told from others: user, machine and number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}, process {os.getpid()}"


def _lock(holder: str) -> "FileLock | AdvisoryLock":
    if connection.vendor == "sqlite":
        return FileLock(Path(connection.settings_dict["NAME"]), holder)
    return AdvisoryLock(holder)


def _wait(lock: "FileLock | AdvisoryLock", wait_s: float, is_abandoned: Callable[[], bool]) -> None:
    deadline = time.monotonic() + wait_s
    while not lock.take(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S UTC}"):
        if time.monotonic() >= deadline:
            raise CommandError(f"Refused: the database is in use by {lock.holder()}. Scenarios need it for themselves.")
        if is_abandoned():
            raise CommandError("Whoever waited for the database is gone.")
        time.sleep(POLL_S)


class FileLock:
    """The lock on an SQLite database, whatever links lead to its file."""

    def __init__(self, database: Path, holder: str) -> None:
        """Open the lock's file; raises CommandError."""
        self._name = database
        self._database = database.resolve()
        self._path = Path(f"{self._database}.lock")
        self._holder = holder
        self._locked: os.stat_result | None = None
        self._file = self._open()

    def close(self) -> None:
        """Release it."""
        self._file.close()

    def take(self, since: str) -> bool:
        """Take the lock, if nobody holds it; raises CommandError for a database that has another one too."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if self._is_removed():
            # Who comes next would take the one that is there now.
            self._file.close()
            self._file = self._open()
            return self.take(since)
        self._locked = _stat(self._database)
        if self._locked and self._locked.st_nlink > 1:
            raise CommandError(
                f"Refused: {self._database} has {self._locked.st_nlink} names (hard links), "
                "and each would have a lock of its own."
            )
        self._file.truncate(0)
        self._file.write(json.dumps({"holder": self._holder, "since": since}))
        self._file.flush()
        return True

    def holder(self) -> str:
        """Return who holds it and since when, as far as that was written."""
        self._file.seek(0)
        with suppress(ValueError, KeyError, TypeError):
            written = json.load(self._file)
            return f"{written['holder']} since {written['since']}"
        return "another process"

    def check(self) -> None:
        """Raise CommandError if the file of the lock, or the database's, is no longer the one it was."""
        if self._is_removed():
            raise CommandError(f"Refused: the lock on the database was lost: somebody removed {self._path}.")
        if self._name.resolve() != self._database or not _is_same(_stat(self._database), self._locked):
            raise CommandError(f"Refused: {self._name} is another file than when its lock was taken.")

    def _open(self) -> TextIO:
        try:
            # Whoever makes it a link has nothing written elsewhere.
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            reason = "it is a symbolic link" if self._path.is_symlink() else error.strerror
            raise CommandError(f"Refused: the lock {self._path} cannot be opened: {reason}") from error
        return os.fdopen(descriptor, "a+")

    def _is_removed(self) -> bool:
        return not _is_same(_stat(self._path), os.fstat(self._file.fileno()))


def _stat(path: Path) -> os.stat_result | None:
    """Return which file stands at a path; None where there is none."""
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _is_same(one: os.stat_result | None, other: os.stat_result | None) -> bool:
    return os.path.samestat(one, other) if one and other else one is other


class AdvisoryLock:
    """An advisory lock of PostgreSQL, on a connection of its own."""

    def __init__(self, holder: str) -> None:
        """Connect to the database; raises DatabaseError once it is used."""
        self._connection = connections.create_connection("default")
        self._holder = holder.encode("ascii", "replace").decode()

    def close(self) -> None:
        """Release it."""
        self._connection.close()

    def take(self, since: str) -> bool:
        """Take the lock, if nobody holds it."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            taken = bool(cursor.fetchone()[0])
            if taken:
                # PostgreSQL shows 63 characters of it to whoever asks who holds the lock.
                name = f"{since} {SINCE} {self._holder}"[:63]
                cursor.execute("SELECT set_config('application_name', %s, false)", [name])
        return taken

    def holder(self) -> str:
        """Return who holds it and since when, as far as the server tells."""
        with self._connection.cursor() as cursor:
            cursor.execute(HOLDER_SQL, [ADVISORY_LOCK])
            row = cursor.fetchone()
        since, _, name = str(row[0] if row else "").partition(f" {SINCE} ")
        return f"{name} since {since}" if name else "another process"

    def check(self) -> None:
        """Raise CommandError if the connection that held it is gone, and the lock with it."""
        try:
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError as error:
            raise CommandError(f"Refused: the lock on the database was lost: {error}".strip()) from error
