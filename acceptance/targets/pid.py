"""A process of this machine, told apart from a later one of the same number, where /proc tells."""

import os
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")


def this_process() -> str:
    """Return boot, number, start and namespace of this process; nothing where that cannot be told."""
    return _told(os.getpid())


def namespace() -> str:
    """Return where the numbers of processes mean the same as here: not in a container, whatever its name is."""
    try:
        return str(NAMESPACE.readlink())
    except OSError:
        return ""


def lives(process: str) -> bool:
    """Tell whether the process that said so of itself is seen from here."""
    return _parts(process) is not None and _told(int(process.split()[1])) == process


def has_ended(process: str) -> bool:
    """Tell whether it is known to have ended: it could be seen from here, and is not, or the machine was restarted."""
    parts = _parts(process)
    return parts is not None and parts[3] == namespace() and bool(this_process()) and not lives(process)


def _parts(process: str) -> list[str] | None:
    parts = process.split()
    return parts if len(parts) == 4 and parts[1].isdecimal() else None  # noqa: PLR2004 - as _told returns them


def _told(number: int) -> str:
    try:
        boot = BOOT.read_text().strip()
        # The name, in brackets, may hold spaces.
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    ended, start = fields[0] in "ZX", fields[19]
    return "" if ended or not namespace() else f"{boot} {number} {start} {namespace()}"
