"""Put a backup into an SQLite database while it is in use, and copy what is there before, without losing a write.

Arguments: the backup, the database, where the copy of what is there goes; that folder is for who asks alone.
Writing waits from before the copy is taken until the backup is in place; reading goes on. The backup may be
production's: the stamp that lets scenarios empty a database does not come back with it.
"""

import os
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from urllib.parse import quote

# What a site's requests bear is 20 s; a migration or a shell may write for longer.
LOCKED_WITHIN_S = 60
OK = 0
LISTS = "SELECT 1 FROM django_migrations WHERE app = 'lists'"


class Refused(Exception):  # noqa: N818 - as one says it
    """Something that is not done; says why."""


def main(backup: str, database: str, copy: str) -> int:
    """Prepare the backup, exchange the content, and look whether all is well; return the exit code."""
    os.umask(0o007)
    content = f"{copy}.restoring"
    try:
        prepare(backup, content, page_size(database))
        exchange(content, database, copy)
    except Refused as error:
        print(f"Nothing was replaced. {error}", file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"Nothing was replaced. {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        for left in (content, f"{content}-journal", f"{copy}.unfinished"):
            with suppress(FileNotFoundError):
                os.remove(left)  # noqa: PTH107 - sent alone, to whatever Python there is
    if found := damage(database):
        print(f"{database} is damaged: {found}. What was there before is in {copy}", file=sys.stderr)
        return 1
    return 0


def opened(database: str) -> sqlite3.Connection:
    """Open a database that is there; none is made."""
    return sqlite3.connect(f"file:{quote(database)}?mode=rw", uri=True, timeout=LOCKED_WITHIN_S)


def page_size(database: str) -> int:
    """Return the size of a database's pages; raises Refused where there is no database."""
    try:
        with closing(opened(database)) as live:
            # The file is read: the size alone would be told of any.
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return int(live.execute("PRAGMA page_size").fetchone()[0])
    except sqlite3.DatabaseError as error:
        raise Refused(f"{database} cannot be read, so it cannot be copied: {error}") from error


def prepare(backup: str, content: str, size: int) -> None:
    """Make what the database is to hold; raises Refused for a backup that is damaged, or of nothing."""
    shutil.copyfile(backup, content)
    if found := damage(content):
        raise Refused(f"{backup} is damaged: {found}")
    with closing(sqlite3.connect(content, isolation_level=None)) as restored:
        tables = {name for (name,) in restored.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            raise Refused(f"{backup} holds no table")
        if "django_migrations" not in tables or not restored.execute(LISTS).fetchone():
            raise Refused(f"{backup} is no backup of such a site: it was never migrated to hold lists")
        restored.execute("PRAGMA journal_mode=DELETE")
        if "acceptance_stamp" in tables:
            restored.execute("DELETE FROM acceptance_stamp")
        if restored.execute("PRAGMA page_size").fetchone() != (size,):
            # SQLite puts no pages of another size into a database with a write-ahead log.
            restored.execute(f"PRAGMA page_size={size:d}")
            restored.execute("VACUUM")


def exchange(content: str, database: str, copy: str) -> None:
    """Copy the database, and put the content in its place, in one transaction that nobody else writes before."""
    copied: list[str] = []

    def once_locked(status: int, _: int, __: int) -> None:
        if status != OK and not copied:
            raise Refused(f"Somebody writes to {database}, for more than {LOCKED_WITHIN_S} s")
        if not copied:
            # One page is written, in a transaction that only this connection can end: what others read is what they
            # wrote last, and they write no more.
            copy_of(database, copy)
            copied.append(copy)

    with closing(opened(database)) as live, closing(sqlite3.connect(content)) as restored:
        if live.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
            raise Refused(f"{database} takes no write-ahead log, so it cannot be copied and written at once")
        # A page at a time: the first step takes the lock, and it has to be one before the last.
        restored.backup(live, pages=1, progress=once_locked)
        # The site's next request need not do it; what fails here, that one does.
        with suppress(sqlite3.Error):
            live.execute("PRAGMA wal_checkpoint(PASSIVE)")


def copy_of(database: str, copy: str) -> None:
    """Copy a database under another name, and give the copy its own once it is whole."""
    if os.path.lexists(copy):
        raise Refused(f"{copy} is there already")
    unfinished = f"{copy}.unfinished"
    with closing(opened(database)) as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    os.replace(unfinished, copy)  # noqa: PTH105 - as above


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


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
