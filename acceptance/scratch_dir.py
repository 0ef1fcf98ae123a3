"""A temporary folder of one run, locked while the run lives; and the removal of folders of runs that were killed."""

import fcntl
import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import requests

from acceptance.project import project
from acceptance.waiting import NotSeenError, eventually

LOCK = "lock"
# In the folder of a browser on a grid: the address of its session there.
SESSION = "session"
# What the lock file says: without it, a folder of such a name is another program's, or of a project called alike.
BROWSER = "The browser of an acceptance run of {project} writes in this folder.\n"
RUN = "An acceptance run of {project} notes in this folder what it has made elsewhere.\n"
ENDED_WITHIN_S = 5


class ScratchDir:
    """A folder of this run alone, locked for as long as the run lives."""

    def __init__(self, kind: str) -> None:
        """Make the folder; it is locked from the moment its lock file can be seen."""
        self.folder = Path(tempfile.gettempdir(), f"{project().name}-{uuid4().hex[:12]}")
        self.folder.mkdir(mode=0o700)
        new = self.folder / "new"
        self._lock = new.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self._lock.write(mark(kind))
        self._lock.flush()
        new.rename(self.folder / LOCK)

    def remove(self) -> None:
        """End the processes that still write here, and remove the folder; safe to call twice."""
        _remove(self.folder)
        self.unlock()

    def unlock(self) -> None:
        """Let other runs take this one for ended; safe to call twice."""
        self._lock.close()


def mark(kind: str) -> str:
    """Return what the lock file of a folder of this kind says, in this project alone."""
    return kind.format(project=project().name)


def has_ended(folder: Path, kind: str) -> bool | None:
    """Tell whether the run that made a folder has ended; None where that is unknown.

    It is unknown of a folder that is not here, is another user's, or lacks the mark of this project and kind.
    A link is nobody's.
    """
    try:
        status = folder.lstat()
        private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == stat.S_IRWXU
        if not private or status.st_uid != os.geteuid():
            return None
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "r+", errors="replace") as lock:
        if lock.read() != mark(kind):
            return None
        try:
            # Shared: two runs may look at the same moment.
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def orphans(kind: str) -> list[Path]:
    """Return the folders of this user's runs that have ended without removing them."""
    return [path for path in Path(tempfile.gettempdir()).glob(f"{project().name}-*") if has_ended(path, kind)]


def remove_orphans() -> None:
    """End the browsers of this user's runs that were killed, and remove their folders."""
    for folder in orphans(BROWSER):
        _remove(folder)


def _end_session(folder: Path) -> None:
    """End the browser that a grid has for the run of this folder; where that fails, the grid does so in its time."""
    with suppress(OSError):
        requests.delete((folder / SESSION).read_text(), timeout=ENDED_WITHIN_S)


def _remove(folder: Path) -> None:
    _end_session(folder)
    for process in _processes_in(folder):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    # A process that has not ended yet could write another file.
    with suppress(NotSeenError):
        eventually(lambda: [*_processes_in(folder)], lambda left: not left, what="their end", within_s=ENDED_WITHIN_S)
    # A process of the browser that no longer shows its TMPDIR may write while it ends.
    with suppress(NotSeenError):
        eventually(lambda: _is_gone(folder), what="the end of its folder", within_s=ENDED_WITHIN_S)


def _is_gone(folder: Path) -> bool:
    """Remove what is in the folder, and its lock last: by that the next run finds what is still there."""
    # What cannot be removed yet is tried again, and told by the folder that is still there.
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != LOCK:
                path.unlink()
        if {path.name for path in folder.iterdir()} <= {LOCK}:
            shutil.rmtree(folder)
    return not folder.exists()


def _processes_in(folder: Path) -> Iterator[int]:
    """Go through this user's processes that were started with TMPDIR set to this folder."""
    entry = f"TMPDIR={folder}".encode()
    # Without /proc, as on macOS, nothing tells.
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if environ.stat().st_uid == os.geteuid() and entry in environ.read_bytes().split(b"\0"):
                yield int(environ.parent.name)
