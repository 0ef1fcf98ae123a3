"""One at a time, among threads and processes: a lock that ends with whoever holds it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import RefusedError
from .waiting import eventually

PATIENCE_S = 90.0


@contextmanager
def held(path: Path, within_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the lock of this name; raises RefusedError when it is not to be had in time.

    The file is gone afterwards, so that none piles up: whoever waited for it takes the next one.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken: list[int] = []
    if not eventually(lambda: _take(path, taken), within_s=within_s):
        raise RefusedError(503, "Another request for the same takes too long; try again later")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(taken[0])


def _take(path: Path, taken: list[int]) -> bool:
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who held it before may have removed it since it was opened.
        if os.fstat(opened).st_ino == path.stat().st_ino:
            taken.append(opened)
            return True
    os.close(opened)
    return False
