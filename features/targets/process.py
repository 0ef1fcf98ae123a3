"""A process of this machine, told apart from a later one of the same number, where /proc tells."""

import os
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_process() -> str:
    """Return boot, number and start of this process; nothing where that cannot be told."""
    return _told(os.getpid())


def lives(process: str) -> bool:
    """Tell whether the process that said so of itself is still there."""
    _, _, number = process.partition(" ")
    return bool(process) and _told(int(number.partition(" ")[0] or 0)) == process


def _told(number: int) -> str:
    try:
        boot = BOOT.read_text().strip()
        # The name, in brackets, may hold spaces.
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    ended, start = fields[0] in "ZX", fields[19]
    return "" if ended else f"{boot} {number} {start}"
