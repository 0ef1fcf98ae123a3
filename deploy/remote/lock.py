"""Hold the lock on a site's SQLite file, or tell who holds it.

Arguments: what to do, the database, for `hold` what the lock is to say as JSON, how many seconds to wait, and the
timeout in seconds without input; and the site's .env, where its data is in PostgreSQL.
`hold` holds it for as long as standard input is open, and something comes; prints "held", or who holds it instead and
ends with 75. Whoever is gone and left a step running is waited for.
`state` prints "free", or who holds it and since when; it does not take the lock, so whoever wants it is not refused.

The lock is the file beside the database that acceptance/django_app/lock.py takes, too. It says who holds it, since
when, and the token by which the holder's own steps ask for it; see with_lock.py. Where .env leads to PostgreSQL,
scenarios take an advisory lock there: it is held as well.
"""

import contextlib
import errno
import fcntl
import json
import os
import re
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

TAKEN = 75
LEFT_RUNNING_S = 60.0
POLL_S = 0.2
# As acceptance/django_app/lock.py has them.
ADVISORY_LOCK, SINCE = 20_251_120, "|"
HOLDER_SQL = """
SELECT activity.application_name
FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objid = %s
  AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
# What the kernel tells of each lock: its number, kind, manner, access, process, and the file's device and inode.
LOCKS = "/proc/locks"


class AdvisoryLock:
    """The lock in the PostgreSQL database that a site's .env leads to."""

    def __init__(self, address: str, name: str = "") -> None:
        """Say by what name the lock is to be seen, such as SINCE | WHO."""
        import psycopg  # noqa: PLC0415 - there where the site has PostgreSQL

        self.error = psycopg.Error
        self.connect: Callable[[], Any] = lambda: psycopg.connect(address, autocommit=True, application_name=name[:63])
        self.connection: Any = self.connect()

    def taken(self) -> bool:
        """Take it, or take it once more; anew where the connection was ended, as a restore ends all that there are."""
        asked = ("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        try:
            row = self.connection.execute(*asked).fetchone()
        except self.error:
            self.connection = self.connect()
            row = self.connection.execute(*asked).fetchone()
        return bool(row[0])

    def taken_until(self, deadline: float) -> bool:
        """Wait for it; tell whether it was free in time, or print who holds it."""
        while not self.taken():
            if time.monotonic() >= deadline:
                print(self.holder() or "another process")
                return False
            time.sleep(POLL_S)
        return True

    def holder(self) -> str:
        """Return who holds it and since when; nothing where nobody does."""
        row = self.connection.execute(HOLDER_SQL, [ADVISORY_LOCK]).fetchone()
        since, _, name = str(row[0] if row else "").partition(f" {SINCE} ")
        return f"{name} since {since}" if name else "another process" if row else ""


def advisory(env: str, whose: str = "{}") -> "AdvisoryLock | None":
    """Return the lock in the database, unless .env leads to no PostgreSQL; ends where that does not answer."""
    found = re.search(r"^DATABASE_URL='([^']+)'$", Path(env).read_text(), re.MULTILINE) if env else None
    if not found:
        return None
    said = json.loads(whose)
    try:
        return AdvisoryLock(found[1], f"{said.get('since')} {SINCE} {said.get('holder')}")
    except Exception as error:  # noqa: BLE001 - psycopg's, which may not be there
        # What is wrong in an address is told with it, and it may hold a password.
        why = str(error) if type(error).__name__ in ("OperationalError", "ModuleNotFoundError") else "it is no address"
        sys.exit(f"The database of DATABASE_URL does not answer: {why}")


def main(action: str, database: str, *more: str) -> int:
    return hold(database, *more) if action == "hold" else state(database, *more)


def state(database: str, env: str = "") -> int:
    """Print who holds it; whatever keeps that from being told is an error."""
    inside = advisory(env)
    if inside and (name := inside.holder()):
        print(f"held by {name}")
        return 0
    try:
        found = Path(beside(database)).stat()
    except FileNotFoundError:
        print("free")
        return 0
    with Path(LOCKS).open() as locks:
        held = any(is_of(line.split(), found) for line in locks)
    holder = told(Path(beside(database)).read_text(errors="replace"))
    print(f"held by {holder}" if held else "free")
    return 0


def is_of(lock: "list[str]", file: os.stat_result) -> bool:
    """Tell whether it is a lock on this file that somebody has, and does not only wait for."""
    if lock[1] != "FLOCK":
        return False
    major, minor, inode = lock[5].split(":")
    device = os.major(file.st_dev), os.minor(file.st_dev)
    # Where the device is none, as btrfs has it, the kernel tells another number here.
    return int(inode) == file.st_ino and (device[0] == 0 or device == (int(major, 16), int(minor, 16)))


def hold(database: str, whose: str, wait_s: str, silence_s: str, env: str = "") -> int:
    # The site's own user takes the same lock.
    os.umask(0o007)
    began = time.monotonic()
    lock = taken_beside(database, began, float(wait_s))
    inside = advisory(env, whose) if lock else None
    if not lock or (inside and not inside.taken_until(began + float(wait_s))):
        return TAKEN
    lock.truncate(0)
    lock.write(whose)
    lock.flush()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address(whose))
        door.listen()
        print("held", flush=True)
        heard = time.monotonic()
        # What comes by the door is no sign of life: who waits for the lock looks there, too.
        while (silence := heard + float(silence_s) - time.monotonic()) > 0:
            ready = select.select([0, door.fileno()], [], [], silence)[0]
            if 0 in ready:
                if not os.read(0, 4096):
                    break
                heard = time.monotonic()
            if door.fileno() in ready:
                hand_out(lock.fileno(), door, database, inside)
    if inside:
        # A connection that is closed properly would take leave of PostgreSQL, for a step as well that still runs.
        os._exit(0)
    return 0


def taken_beside(database: str, began: float, wait_s: float) -> "IO[str] | None":
    """Return the lock's file, taken; or nothing, once it is said who has it."""
    lock = opened(beside(database))
    while not taken(lock.fileno()) or is_removed(database, lock.fileno()):
        if is_removed(database, lock.fileno()):
            # Who comes next would take the one that is there now.
            lock.close()
            lock = opened(beside(database))
            continue
        lock.seek(0)
        text = lock.read()
        if time.monotonic() - began >= max(wait_s, LEFT_RUNNING_S if is_gone(text) else 0):
            print(told(text))
            return None
        time.sleep(POLL_S)
    return lock


def hand_out(lock: int, door: socket.socket, database: str, inside: "AdvisoryLock | None") -> None:
    """Let a step have the lock as well: while either has it, nobody else gets it. No other account is let in."""
    asker, _ = door.accept()
    with asker:
        _, account, _ = struct.unpack("3i", asker.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        # Where the file was removed, somebody else may have the lock on another one.
        if account == os.getuid() and not is_removed(database, lock):
            # With the connection open, PostgreSQL leaves its lock to the step, too.
            with contextlib.suppress(OSError, *([inside.error] if inside else [])):
                if not inside or inside.taken():
                    socket.send_fds(asker, [b"."], [lock, *([inside.connection.fileno()] if inside else [])])


def address(text: str) -> str:
    """Return where the holder is asked for its lock; empty if that was not written."""
    try:
        return f"\0superlists-lock-{json.loads(text)['token']}"
    except (ValueError, KeyError, TypeError):
        return ""


def is_gone(text: str) -> bool:
    """Tell whether the holder has ended, and only a step that it left running still has the lock."""
    if not address(text):
        return False
    with socket.socket(socket.AF_UNIX) as holder:
        try:
            holder.connect(address(text))
        except OSError as error:
            return error.errno == errno.ECONNREFUSED
    return False


def opened(path: str) -> "IO[str]":
    """Open the lock's file; whoever makes it a link has nothing written elsewhere."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
        sys.exit(f"{path} cannot be opened: {reason}")
    if os.fstat(file).st_nlink > 1:
        sys.exit(f"{path} is not written to: another file's name leads to it as well")
    return os.fdopen(file, "a+", errors="replace")


def beside(database: str) -> str:
    """Return the file of the lock: one for one database, whatever links lead to it."""
    return f"{os.path.realpath(database)}.lock"


def is_removed(database: str, lock: int) -> bool:
    """Tell whether the lock is another file by now, or none is there."""
    try:
        return not os.path.samestat(os.lstat(beside(database)), os.fstat(lock))
    except FileNotFoundError:
        return True


def taken(lock: int) -> bool:
    """Take the lock, if nobody holds it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def told(text: str) -> str:
    """Return who holds it and since when, as far as that was written."""
    try:
        said = json.loads(text)
        return f"{said['holder']} since {said['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
