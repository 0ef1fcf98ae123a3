"""Put a copy in the place of an SQLite database that nobody has open. Arguments: the copy, the database.

What was copied may be production's: the stamp that lets scenarios empty a database
does not come back with it.
"""

import os
import shutil
import sqlite3
import sys
from contextlib import closing, suppress


def main(copy: str, database: str) -> int:
    """Prepare the copy beside the database, then put it in place in one instant."""
    os.umask(0o007)
    unfinished = f"{database}.restoring"
    # The account that serves may put files here: none of them is written through.
    with suppress(FileNotFoundError):
        os.remove(unfinished)  # noqa: PTH107 - sent alone, to whatever Python there is
    shutil.copyfile(copy, unfinished)
    os.chmod(unfinished, 0o660)  # noqa: PTH101 - sent alone, to whatever Python there is
    with closing(sqlite3.connect(unfinished)) as restored:
        if restored.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            os.remove(unfinished)  # noqa: PTH107 - as above
            print(f"{copy} is damaged")
            return 1
        with suppress(sqlite3.OperationalError), restored:
            restored.execute("DELETE FROM testing_stamp")
    for beside in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.remove(database + beside)  # noqa: PTH107 - as above
    os.replace(unfinished, database)  # noqa: PTH105 - as above
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
