"""Work on a site's SQLite database, while it is in use.

Arguments: what to do, the database, and what that needs besides:
  look                  print what tells the file from another of its name, and `empty`, `bare` (without a table) or
                        `full`; nothing where it is not there
  make                  make the empty file; an empty one that a cut-off deploy left stays
  copy COPY             copy it
  query                 answer SQL from standard input, without the right to change anything
  restore BACKUP COPY   copy what is there, and put a backup in its place, without losing a write
  freeze                refuse whatever writes rows, from whichever connection, until `thaw`: the data moves elsewhere
  thaw                  let rows be written again
or `check COPY`: see whether a copy is whole, and of such a site. postgres_database.py does the same for PostgreSQL.
Ends with 1, and says why, when it failed. No file is ever replaced, and no link is followed: the account that serves
can put one there.

A restore has writing wait from before the copy is taken until the backup is in place; reading goes on. The backup may
be production's: the stamp that lets scenarios empty a database does not come back with it.
"""

import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

# The site's requests wait for 20 s; a migration or a shell may write for longer.
LOCKED_WITHIN_S = 60
# What a query may do: also from a connection that only reads, SQLite attaches other files, makes them, and fills them.
READS = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
ALLOWED = "Allowed: SELECT, VALUES, either after WITH or EXPLAIN. SELECT sql FROM sqlite_master tells of each table"
LISTS = "SELECT 1 FROM django_migrations WHERE app = 'lists'"
ROWS = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
FROZEN = "moved_to_postgresql_"


class Refused(Exception):  # noqa: N818 - as one says it
    """Something that is not done; says why."""


def main(action: str, *arguments: str) -> int:
    # Both accounts write to the database, and to what SQLite puts beside it.
    os.umask(0o007)
    try:
        ACTIONS[action](*arguments)
    except (Refused, OSError, sqlite3.Error) as error:
        print(reason(error), file=sys.stderr)
        return 1
    return 0


def reason(error: Exception) -> str:
    return str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"


def look(database: str) -> None:
    """Tell which file it is and what is in it; that it cannot be looked for is an error, and no answer."""
    # Where the folder is not there, nobody knows whether the file is.
    Path(database).parent.stat()
    try:
        found = Path(database).lstat()
    except FileNotFoundError:
        return
    tables = 0
    if found.st_size:
        with closing(opened(database, "ro")) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    print(f"{found.st_dev}:{found.st_ino}", "full" if tables else "bare" if found.st_size else "empty")


def make(database: str) -> None:
    try:
        os.close(os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660))
    except FileExistsError:
        if own_file(database).st_size:
            raise Refused(f"{database} is there already, and not empty; it was left as it is") from None


def own_file(path: str) -> os.stat_result:
    """Return what the file is like; raises Refused for a link, which may lead to what is not the site's."""
    found = Path(path).lstat()
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise Refused(f"{path} is no file with this one name; a link is not followed. Put the file itself in its place")
    return found


def opened(database: str, mode: str = "rw") -> sqlite3.Connection:
    """Open a database that is there; none is made."""
    own_file(database)
    return sqlite3.connect(f"file:{quote(database)}?mode={mode}", uri=True, timeout=LOCKED_WITHIN_S)


def copy(database: str, to: str) -> None:
    """Copy a database under another name, and give the copy its own once it is whole."""
    if os.path.lexists(to):
        raise Refused(f"{to} is there already")
    unfinished = Path(f"{to}.unfinished")
    try:
        with closing(opened(database)) as source, closing(sqlite3.connect(unfinished)) as target:
            source.backup(target)
        unfinished.replace(to)
    finally:
        # On a disk that is full, half of a copy would take the room that the database itself needs.
        unfinished.unlink(missing_ok=True)


def query(database: str) -> None:
    """Print the rows, a line each, with tabs between their values."""
    with closing(opened(database, "ro")) as connection:
        connection.set_authorizer(only_reading)
        try:
            cursor = connection.execute(sys.stdin.read())
        except sqlite3.DatabaseError as error:
            # "not authorized", or of a part of VACUUM "authorization denied".
            if "authoriz" in str(error):
                raise Refused(f"{error}. {ALLOWED}") from error
            raise
        print("\t".join(column[0] for column in cursor.description or []))
        for row in cursor:
            print("\t".join("" if value is None else str(value) for value in row))


def only_reading(action: int, _: str | None, value: str | None, *__: str | None) -> int:
    """Tell SQLite whether a part of a query is allowed: it asks for each."""
    allowed = value != "load_extension" if action == sqlite3.SQLITE_FUNCTION else action in READS
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def restore(database: str, backup: str, to: str) -> None:
    """Prepare the backup, exchange the content, and see that all is well."""
    content = f"{to}.restoring"
    try:
        prepare(backup, content, page_size(database))
        exchange(content, database, to)
    except (Refused, OSError, sqlite3.Error) as error:
        raise Refused(f"Nothing was replaced. {reason(error)}") from error
    finally:
        for left in (content, f"{content}-journal"):
            Path(left).unlink(missing_ok=True)
    if found := damage(database):
        raise Refused(f"{database} is damaged: {found}. What was there before is in {to}")


def page_size(database: str) -> int:
    with closing(opened(database)) as live:
        # The file is read: the size alone would be told of any.
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return int(live.execute("PRAGMA page_size").fetchone()[0])


def prepare(backup: str, content: str, size: int) -> None:
    """Make what the database is to hold; raises Refused for a backup that is damaged, or of nothing."""
    shutil.copyfile(backup, content)
    tables = check(content, backup)
    with closing(sqlite3.connect(content, isolation_level=None)) as restored:
        restored.execute("PRAGMA journal_mode=DELETE")
        if "acceptance_stamp" in tables:
            restored.execute("DELETE FROM acceptance_stamp")
        if restored.execute("PRAGMA page_size").fetchone() != (size,):
            # SQLite puts no pages of another size into a database with a write-ahead log.
            restored.execute(f"PRAGMA page_size={size:d}")
            restored.execute("VACUUM")


def check(copy: str, name: str = "") -> "set[str]":
    """Return the tables of a copy, which people know by `name`; raises Refused if it is damaged, or of nothing."""
    name = name or copy
    if found := damage(copy):
        raise Refused(f"{name} is damaged: {found}")
    with closing(opened(copy)) as checked:
        tables = {table for (table,) in checked.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            raise Refused(f"{name} holds no table")
        if "django_migrations" not in tables or not checked.execute(LISTS).fetchone():
            raise Refused(f"{name} is no backup of such a site: it was never migrated to hold lists")
    return tables


def exchange(content: str, database: str, to: str) -> None:
    """Copy the database, and put the content in its place, in one transaction that nobody else writes before."""
    copied: list[str] = []

    def once_locked(status: int, _: int, __: int) -> None:
        if status != sqlite3.SQLITE_OK and not copied:
            raise Refused(f"Somebody writes to {database}, for more than {LOCKED_WITHIN_S} s")
        if not copied:
            # One page is written, in a transaction that only this connection can end: what others read is what they
            # wrote last, and they write no more.
            copy(database, to)
            copied.append(to)

    with closing(opened(database)) as live, closing(sqlite3.connect(content)) as restored:
        if live.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise Refused(f"{database} takes no write-ahead log, so it cannot be copied and written at once")
        # A page at a time: the first step takes the lock, and it has to be one before the last.
        restored.backup(live, pages=1, progress=once_locked)


def freeze(database: str) -> None:
    """Have every table refuse changes: what waits to write now is refused as well, and nothing after this is lost."""
    with closing(opened(database)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        for (table,) in connection.execute(ROWS).fetchall():
            for change in ("INSERT", "UPDATE", "DELETE"):
                connection.execute(
                    f'CREATE TRIGGER IF NOT EXISTS "{FROZEN}{change}_{table}" BEFORE {change} ON "{table}" '
                    "BEGIN SELECT RAISE(ABORT, 'this data has moved to PostgreSQL'); END"
                )
        connection.execute("COMMIT")


def thaw(database: str) -> None:
    with closing(opened(database)) as connection:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?"
        for (name,) in connection.execute(triggers, (len(FROZEN), FROZEN)).fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')


def damage(database: str) -> str:
    """Return what is wrong with a database; nothing where it is whole."""
    try:
        with closing(opened(database)) as looked_at:
            for question in ("PRAGMA integrity_check(1)", "PRAGMA foreign_key_check"):
                found = looked_at.execute(question).fetchone()
                if found not in (None, ("ok",)):
                    return " ".join(map(str, found))
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


ACTIONS: "dict[str, Callable[..., object]]" = {
    "look": look,
    "make": make,
    "copy": copy,
    "check": check,
    "query": query,
    "restore": restore,
    "freeze": freeze,
    "thaw": thaw,
}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
