"""Hold the lock on a site's SQLite file, or tell who holds it.

Arguments: what to do, the database, and for `hold` what the lock is to say as JSON, how many seconds to wait, and the
timeout in seconds without input.
`hold` holds it for as long as standard input is open, and something comes; prints "held", or who holds it instead and
ends with 75. Whoever is gone and left a step running is waited for.
`state` prints "free", or who holds it and since when; it does not take the lock, so whoever wants it is not refused.

The lock is the file beside the database that acceptance/django_app/lock.py takes, too. It says who holds it, since
when, and the token by which the holder's own steps ask for it; see with_lock.py.
"""

import contextlib
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time
from pathlib import Path
from typing import IO

TAKEN = 75
LEFT_RUNNING_S = 60.0
POLL_S = 0.2
# What the kernel tells of each lock: its number, kind, manner, access, process, and the file's device and inode.
LOCKS = "/proc/locks"


def main(action: str, database: str, *more: str) -> int:
    """Hold it, or tell who does; return the exit code."""
    return hold(database, *more) if action == "hold" else state(database)


def state(database: str) -> int:
    """Print who holds it; whatever keeps that from being told is an error."""
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


def hold(database: str, whose: str, wait_s: str, silence_s: str) -> int:
    """Take the lock, say so, and keep it."""
    # The site's own user takes the same lock.
    os.umask(0o007)
    lock = opened(beside(database))
    began = time.monotonic()
    while not taken(lock.fileno()) or is_removed(database, lock.fileno()):
        if is_removed(database, lock.fileno()):
            # Who comes next would take the one that is there now.
            lock.close()
            lock = opened(beside(database))
            continue
        lock.seek(0)
        text = lock.read()
        if time.monotonic() - began >= max(float(wait_s), LEFT_RUNNING_S if is_gone(text) else 0):
            print(told(text))
            return TAKEN
        time.sleep(POLL_S)
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
                hand_out(lock.fileno(), door, database)
    return 0


def hand_out(lock: int, door: socket.socket, database: str) -> None:
    """Let a step have the lock as well: while either has it, nobody else gets it. No other account is let in."""
    asker, _ = door.accept()
    with asker:
        _, account, _ = struct.unpack("3i", asker.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        # Where the file was removed, somebody else may have the lock on another one.
        if account == os.getuid() and not is_removed(database, lock):
            with contextlib.suppress(OSError):
                socket.send_fds(asker, [b"."], [lock])


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
