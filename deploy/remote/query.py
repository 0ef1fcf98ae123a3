"""Answer SQL from standard input, without the right to change anything. Argument: the database."""

import sqlite3
import sys
from contextlib import closing
from urllib.parse import quote


def main(database: str) -> int:
    """Print the rows, a line each, their values apart by tabs."""
    with closing(sqlite3.connect(f"file:{quote(database)}?mode=ro", uri=True)) as connection:
        cursor = connection.execute(sys.stdin.read())
        print("\t".join(column[0] for column in cursor.description or []))
        for row in cursor:
            print("\t".join("" if value is None else str(value) for value in row))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
