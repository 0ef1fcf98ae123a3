"""One at a time: the lock on a database that scenarios empty.

Beside an SQLite file it is a flock, which ends with its process however that ends;
on PostgreSQL an advisory lock, which ends with a connection kept for it.
"""

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections

from acceptance.django_app.file_lock import FileLock
from acceptance.django_app.stamp import is_in_memory

ADVISORY_LOCK = 20_251_120
POLL_S = 0.1
SINCE = "|"
# The lock of this process, which its own commands need not wait for.
_mine: "list[FileLock | _AdvisoryLock]" = []

WHO_HOLDS_IT = """
SELECT activity.application_name
FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objid = %s
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def this_process() -> str:
    """Return how this process is told from others: user, machine and number."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}, process {os.getpid()}"


@contextmanager
def held(holder: str, *, wait_s: float = 0, unwanted: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Hold the lock on this site's database; commands called meanwhile share it.

    Raises CommandError that says who holds it and since when, after waiting for
    `wait_s` seconds; that nobody wants it any more, as `unwanted` tells meanwhile; or
    that the lock was lost. What was true of the database before may not be so any more
    once the lock is held: whoever looked at it looks again.
    """
    if _mine or is_in_memory(connection):
        refuse_lost_lock()
        yield
        return
    with _lock(holder) as taken:
        _wait(taken, wait_s, unwanted)
        taken.check()
        # What is open may lead to a database that was exchanged meanwhile.
        connections.close_all()
        _mine.append(taken)
        try:
            yield
        finally:
            _mine.clear()


def _lock(holder: str) -> "FileLock | _AdvisoryLock":
    if connection.vendor == "sqlite":
        return FileLock(Path(connection.settings_dict["NAME"]), holder)
    return _AdvisoryLock(holder)


def refuse_lost_lock() -> None:
    """Raise CommandError if this process took the lock and lost it, or it is another database's by now."""
    for own in _mine:
        own.check()


def _wait(lock: "FileLock | _AdvisoryLock", wait_s: float, unwanted: Callable[[], bool]) -> None:
    deadline = time.monotonic() + wait_s
    while not lock.take(_now()):
        if time.monotonic() >= deadline:
            raise CommandError(f"Refused: the database is in use by {lock.holder()}. Scenarios need it for themselves.")
        if unwanted():
            raise CommandError("Whoever waited for the database is gone.")
        time.sleep(POLL_S)


class _AdvisoryLock:
    """An advisory lock of PostgreSQL, on a connection of its own."""

    def __init__(self, holder: str) -> None:
        self._connection = connections.create_connection("default")
        self._holder = holder.encode("ascii", "replace").decode()

    def __enter__(self) -> "_AdvisoryLock":
        return self

    def take(self, since: str) -> bool:
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
            taken = bool(cursor.fetchone()[0])
            if taken:
                # PostgreSQL shows 63 characters of it to whoever asks who holds the lock.
                name = f"{since} {SINCE} {self._holder}"[:63]
                cursor.execute("SELECT set_config('application_name', %s, false)", [name])
        return taken

    def holder(self) -> str:
        with self._connection.cursor() as cursor:
            cursor.execute(WHO_HOLDS_IT, [ADVISORY_LOCK])
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

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _now() -> str:
    return _told(datetime.now(UTC))


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
