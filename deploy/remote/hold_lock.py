"""Hold the lock on a site's SQLite file for as long as standard input is open, and something comes.

Arguments: the lock's file, who holds it, since when, how many seconds to wait,
and how many seconds of silence to bear.
Prints "held"; or who holds it instead, and ends with 75.
"""

import fcntl
import json
import os
import select
import sys
import time

TAKEN = 75
POLL_S = 0.2


def main(path: str, holder: str, since: str, wait_s: str, silence_s: str) -> int:
    """Take the lock, say so, and keep it."""
    # The site's own user takes the same lock.
    os.umask(0o007)
    with open(path, "a+") as lock:  # noqa: PTH123 - sent alone, to whatever Python there is
        deadline = time.monotonic() + float(wait_s)
        while not taken(lock.fileno()):
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
