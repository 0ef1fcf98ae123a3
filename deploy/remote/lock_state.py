"""Tell who holds the lock on a site's SQLite file, without taking it: whoever wants it meanwhile is not refused.

Argument: the database. Prints "free", or who holds it and since when.
"""

import json
import os
import sys

# What the kernel tells of each lock: its number, kind, manner, access, process, and the file's device and inode.
LOCKS = "/proc/locks"


def main(database: str) -> int:
    """Print it; whatever keeps it from being told is an error."""
    path = f"{os.path.realpath(database)}.lock"
    try:
        found = os.stat(path)  # noqa: PTH116 - sent alone, to whatever Python there is
    except FileNotFoundError:
        print("free")
        return 0
    with open(LOCKS) as locks:  # noqa: PTH123 - as above
        held = any(is_of(line.split(), found) for line in locks)
    print(f"held by {holder(path)}" if held else "free")
    return 0


def is_of(lock: "list[str]", file: os.stat_result) -> bool:
    """Tell whether it is a lock on this file that somebody has, and does not only wait for."""
    if lock[1] != "FLOCK":
        return False
    major, minor, inode = lock[5].split(":")
    device = os.major(file.st_dev), os.minor(file.st_dev)
    # Where the device is none, as btrfs has it, the kernel tells another number here.
    return int(inode) == file.st_ino and (device[0] == 0 or device == (int(major, 16), int(minor, 16)))


def holder(path: str) -> str:
    """Return who holds it and since when, as far as that was written."""
    try:
        with open(path) as lock:  # noqa: PTH123 - as above
            said = json.load(lock)
        return f"{said['holder']} since {said['since']}"
    except (ValueError, KeyError, TypeError):
        return "another process"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
