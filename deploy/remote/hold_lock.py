"""Hold the lock on a site's SQLite file for as long as standard input is open, and something comes.

Arguments: the database, who holds it, since when, how many seconds to wait,
and how many seconds of silence to bear. The lock is the file beside the database that
superlists/testing/file_lock.py takes, too.
Prints "held"; or who holds it instead, and ends with 75.
"""

import errno
import fcntl
import json
import os
import select
import sys
import time
from typing import IO

TAKEN = 75
POLL_S = 0.2


def main(database: str, holder: str, since: str, wait_s: str, silence_s: str) -> int:
    """Take the lock, say so, and keep it."""
    # The site's own user takes the same lock.
    os.umask(0o007)
    # One lock for one database, whatever links lead to it.
    path = f"{os.path.realpath(database)}.lock"
    lock = opened(path)
    deadline = time.monotonic() + float(wait_s)
    while not taken(lock.fileno()) or is_removed(path, lock.fileno()):
        if is_removed(path, lock.fileno()):
            # Who comes next would take the one that is there now.
            lock.close()
            lock = opened(path)
            continue
        if time.monotonic() >= deadline:
            lock.seek(0)
            print(told(lock.read()))
            return TAKEN
        time.sleep(POLL_S)
    lock.truncate(0)
    lock.write(json.dumps({"holder": holder, "since": since}))
    lock.flush()
    print("held", flush=True)
    while select.select([0], [], [], float(silence_s))[0] and os.read(0, 4096):
        pass
    return 0


def opened(path: str) -> "IO[str]":
    """Open the lock's file; whoever makes it a link has nothing written elsewhere."""
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666), "a+")
    except OSError as error:
        reason = "it is a symbolic link" if error.errno == errno.ELOOP else error.strerror
        sys.exit(f"{path} cannot be opened: {reason}")


def is_removed(path: str, lock: int) -> bool:
    """Tell whether another file is there by now, or none."""
    try:
        return not os.path.samestat(os.lstat(path), os.fstat(lock))
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
