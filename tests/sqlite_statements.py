"""A database of SQLite on the disk, as somebody beside the site reads and changes it."""

import sqlite3
from contextlib import closing


def sql(path, *statements):
    """Run these statements; return the rows of the last."""
    with closing(sqlite3.connect(path)) as database, database:
        return [database.execute(statement).fetchall() for statement in statements][-1]
