"""Copy an SQLite database while it is in use. Arguments: from where, to where."""

import os
import sqlite3
import sys
from contextlib import closing, suppress
from urllib.parse import quote


def main(source: str, copy: str) -> int:
    """Copy under another name, and give it its own once it is whole."""
    os.umask(0o007)
    if os.path.exists(copy):  # noqa: PTH110 - sent alone, to whatever Python there is
        print(f"{copy} is there already")
        return 1
    unfinished = f"{copy}.unfinished"
    # Not made if it is not there.
    there = f"file:{quote(source)}?mode=rw"
    try:
        with closing(sqlite3.connect(there, uri=True)) as old, closing(sqlite3.connect(unfinished)) as new:
            old.backup(new)
    except BaseException:
        # On a disk that is full, half of a copy would take the room that the database itself needs.
        with suppress(FileNotFoundError):
            os.remove(unfinished)  # noqa: PTH107 - as above
        raise
    os.replace(unfinished, copy)  # noqa: PTH105 - sent alone, to whatever Python there is
    print(os.path.getsize(copy))  # noqa: PTH202 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
