"""The identity of a process: tells it apart from a later one with the same number, also after a restart."""

import os
import subprocess
import sys
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")
UNKNOWN = "-"


def this_process() -> str:
    """Return boot, number, start and namespace of this process; nothing where the system does not tell them."""
    return _identity(os.getpid())


def namespace() -> str:
    """Return where process numbers mean the same as here: not in a container, whatever its host name is."""
    try:
        return str(NAMESPACE.readlink())
    except OSError:
        return ""


def lives(process: str) -> bool:
    """Tell whether the process with this identity can be seen from here."""
    return _parts(process) is not None and _identity(int(process.split()[1])) == process


def has_ended(process: str) -> bool:
    """Tell whether it is known to have ended: it could be seen from here and is not, or the machine was restarted."""
    parts = _parts(process)
    return parts is not None and parts[3] == (namespace() or UNKNOWN) and bool(this_process()) and not lives(process)


def _parts(process: str) -> list[str] | None:
    parts = process.split()
    return parts if len(parts) == 4 and parts[1].isdecimal() else None  # noqa: PLR2004 - as _identity returns them


def _identity(number: int) -> str:
    if sys.platform != "linux":
        return _identity_by_ps(number)
    try:
        boot = BOOT.read_text().strip()
        # The name, in brackets, may hold spaces.
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    ended, start = fields[0] in "ZX", fields[19]
    return "" if ended or not namespace() else f"{boot} {number} {start} {namespace()}"


def _identity_by_ps(number: int) -> str:
    """Return the identity where there is no /proc, as on macOS: there the time of the start alone is unique."""
    command = ["ps", "-o", "stat=", "-o", "lstart=", "-p", str(number)]
    state, *start = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split() or ["Z"]
    return "" if state.startswith("Z") else f"{UNKNOWN} {number} {'_'.join(start)} {UNKNOWN}"
