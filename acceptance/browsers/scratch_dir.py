"""The temporary folder of a browser, and the removal of what killed runs left behind."""

import fcntl
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from acceptance.project import project
from acceptance.waiting import NotSeenError, eventually

LOCK = "lock"
# Stands in the lock file: a folder of this name is another program's without it.
MARK = "The browser of an acceptance run writes in this folder.\n"
ENDED_WITHIN_S = 5


class ScratchDir:
    """A folder for what a browser writes, locked for as long as this run lives."""

    def __init__(self) -> None:
        """Make the folder; it has its lock from the moment it can be found by it."""
        self.folder = Path(tempfile.mkdtemp(prefix=f"{project().name}-"))
        new = self.folder / "new"
        self._lock = new.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._lock.write(MARK)
        self._lock.flush()
        new.rename(self.folder / LOCK)

    def remove(self) -> None:
        """End whatever still writes here, and remove the folder; safe to call twice."""
        _remove(self.folder)
        self._lock.close()


def remove_orphans() -> None:
    """End the browsers of this user's runs that were killed, and remove their folders."""
    for folder in Path(tempfile.gettempdir()).glob(f"{project().name}-*"):
        # Of a run that is just ending, or that lives: flock raises where a run holds the lock.
        with suppress(OSError):
            if _is_private(folder):
                lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
                with os.fdopen(lock, "r+") as left:
                    fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if left.read() == MARK:
                        _remove(folder)


def _is_private(folder: Path) -> bool:
    """Tell whether this user made the folder, in which nobody else can write; a link is nobody's."""
    found = folder.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    return private and found.st_uid == os.geteuid()


def _remove(folder: Path) -> None:
    for process in _processes_in(folder):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    # What is not gone yet could write another file.
    with suppress(NotSeenError):
        eventually(lambda: [*_processes_in(folder)], lambda left: not left, what="their end", within_s=ENDED_WITHIN_S)
    # A process of the browser that no longer tells its folder may write while it ends.
    with suppress(NotSeenError):
        eventually(lambda: _is_gone(folder), what="the end of its folder", within_s=ENDED_WITHIN_S)


def _is_gone(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def _processes_in(folder: Path) -> Iterator[int]:
    """Go through this user's processes that were started with this folder for their temporary files."""
    entry = f"TMPDIR={folder}".encode()
    # Where there is no /proc, nothing tells.
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if environ.stat().st_uid == os.geteuid() and entry in environ.read_bytes().split(b"\0"):
                yield int(environ.parent.name)
