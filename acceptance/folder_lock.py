"""A folder for oneself, among the processes of one machine."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone_in(folder: Path, *, mode: int = 0o777) -> Iterator[None]:
    """Have a folder for oneself, made if need be: who comes second says so, and waits.

    It ends with the process, however that ends. Who has it may remove the folder as the last thing done there.
    """
    handle = _held(folder, mode)
    try:
        yield
    finally:
        os.close(handle)


def _held(folder: Path, mode: int) -> int:
    while True:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            _wait(handle, folder)
            if _is_still(handle, folder):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _wait(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Waiting for another process that works in {folder}…", file=sys.stderr, flush=True)
        fcntl.flock(handle, fcntl.LOCK_EX)


def _is_still(handle: int, folder: Path) -> bool:
    """Tell whether it is the folder of that name: who had it before may have removed it, and others made another."""
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except FileNotFoundError:
        return False
