"""Make the empty file of a site's SQLite database. Argument: the database.

It is made new, or it is an empty one already, as a deploy that was cut off leaves it: nothing is ever replaced.
"""

import os
import sys


def main(database: str) -> int:
    """Make it; both accounts write to it, and to what SQLite puts beside it."""
    os.umask(0o007)
    try:
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660))
    except FileExistsError:
        if os.stat(database).st_size:  # noqa: PTH116 - sent alone, to whatever Python there is
            print(f"{database} is there already, and not empty; it was left as it is")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
