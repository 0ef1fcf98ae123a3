"""Work on a site's PostgreSQL database, while it is in use; database.py does the same for SQLite.

Arguments: what to do, the site's .env, whose DATABASE_URL leads to the database, and what that needs besides:
  look                  print what tells the database from another of its name, and `empty` or `full`
  make                  mark an empty database as this site's
  copy COPY             copy it
  query                 answer one statement of SQL from standard input, without the right to change anything
  restore BACKUP COPY   copy what is there, and put a backup in its place, without losing a write
or `check COPY`: see whether a copy is whole, and of such a site.
Ends with 1, and says why, when it failed. A database that bears another site's mark, or none and holds tables, is left
alone. No file is ever replaced. Needs psycopg, and of PostgreSQL pg_dump and pg_restore.

A restore fills a new database, and has writing wait while the one that serves is copied; reading goes on. Then nobody
is let in until the new one has the name of the other: whoever waited to write is told that it failed. The backup may
be production's: the stamp that lets scenarios empty a database does not come back with it.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier, Literal

# A migration or a shell may write for long.
LOCKED_WITHIN_S, LOCK_TRIED_S, ENDED_WITHIN_S = 60, 0.5, 10
POLL_S = 0.1
SETTING = re.compile(r"^([A-Z_]+)='([^']*)'$", re.MULTILINE)
# PostgreSQL takes 63 bytes, and cuts what is longer.
NAME_LENGTH = 40
ABOUT = """
SELECT oid::text, shobj_description(oid, 'pg_database'),
  (SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema'))
FROM pg_database WHERE datname = current_database()
"""
TABLES = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
LIKE = """
SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit
FROM pg_database WHERE datname = %s
"""
BEFORE = ".before"
MARK_OF = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
MARKED = "COMMENT ON DATABASE {} IS {}"
END = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = %s AND pid <> %s AND backend_type = 'client backend'
"""


class Refused(Exception):  # noqa: N818 - as one says it
    """Something that is not done; says why."""


def main(action: str, *arguments: str) -> int:
    os.umask(0o077)
    try:
        ACTIONS[action](*arguments)
    except (Refused, OSError, psycopg.Error) as error:
        print(reason(error), file=sys.stderr)
        return 1
    return 0


def reason(error: Exception) -> str:
    return str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}".strip()


class Database:
    """The database that a site's .env leads to."""

    def __init__(self, env: str) -> None:
        """Read where it is; raises Refused, without its address, which may hold a password."""
        settings = dict(SETTING.findall(Path(env).read_text()))
        try:
            self.parameters: dict[str, Any] = conninfo_to_dict(settings["DATABASE_URL"])
            self.name = str(self.parameters["dbname"])
        except (KeyError, psycopg.Error):
            raise Refused(f"{env} has no DATABASE_URL as PostgreSQL's own programs take it") from None
        self.mark = f"superlists: {settings.get('SITENAME')}, {settings.get('SITE_ENVIRONMENT')}"

    def connect(self, **instead: Any) -> "psycopg.Connection[Any]":
        """Connect to it, or with other parameters."""
        return psycopg.connect(**{"connect_timeout": "10", **self.parameters, **instead})

    def beside(self) -> "psycopg.Connection[Any]":
        """Connect to the server, for what concerns whole databases; as the role itself that logs in."""
        connection = self.connect(dbname="postgres", options="")
        connection.autocommit = True
        return connection

    def own(self, connection: "psycopg.Connection[Any]") -> "tuple[str, bool]":
        """Return what tells it from others, and whether it is empty; raises Refused for one that is not the site's."""
        identity, mark, tables = one(connection, ABOUT)
        if mark != self.mark and (mark or tables):
            whose = f"marked as another's: {mark}" if mark else "not marked as any site's, and holds tables"
            raise Refused(
                f"The database {self.name} is {whose}. It was left as it is. DATABASE_URL in .env has to lead to the "
                f"database of this site, or to an empty one"
            )
        return str(identity), not tables

    def run(self, *argv: str, name: str = "") -> str:
        """Have one of PostgreSQL's programs work on it, or on another; the password is on no command line."""
        parameters = self.parameters | {"dbname": name or self.name}
        password = {"PGPASSWORD": str(parameters.pop("password"))} if "password" in parameters else {}
        return ran(*argv, f"--dbname={make_conninfo(**parameters)}", env=os.environ | password)


def ran(*argv: str, env: "dict[str, str] | None" = None) -> str:
    """Return what a program printed; raises Refused with its last words."""
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{argv[0]} failed: {done.stderr.strip()[-2000:]}")
    return done.stdout


def one(connection: "psycopg.Connection[Any]", query: str, *values: object) -> "tuple[Any, ...]":
    row = connection.execute(query, values or None).fetchone()
    if row is None:
        raise Refused(f"{connection.info.dbname} is not there")
    return tuple(row)


def look(env: str) -> None:
    database = Database(env)
    with closing(database.connect()) as connection:
        identity, empty = database.own(connection)
    print(identity, "empty" if empty else "full")


def make(env: str) -> None:
    database = Database(env)
    with closing(database.connect()) as connection:
        if not database.own(connection)[1]:
            raise Refused(f"The database {database.name} is not empty; it was left as it is")
        # pg_dump refuses a server that is newer than itself: a site would begin that can never be backed up.
        database.run("pg_dump", "--schema-only", "--file=/dev/null")
        connection.execute(SQL(MARKED).format(Identifier(database.name), Literal(database.mark)))
        connection.commit()


def copy(env: str, to: str) -> None:
    database = Database(env)
    with closing(database.connect()) as connection:
        database.own(connection)
    dump(database, to)


def dump(database: Database, to: str) -> None:
    """Copy a database as it is in one moment; the copy has its name once it is whole."""
    if os.path.lexists(to):
        raise Refused(f"{to} is there already")
    unfinished = Path(f"{to}.unfinished")
    try:
        database.run("pg_dump", "--format=custom", "--lock-wait-timeout=60s", f"--file={unfinished}")
        unfinished.replace(to)
    finally:
        # On a disk that is full, half of a copy would take the room that the database itself needs.
        unfinished.unlink(missing_ok=True)


def check(copy: str) -> None:
    """Raise Refused for a copy that is damaged, or of nothing."""
    try:
        # All of it is read, and unpacked.
        ran("pg_restore", "--file=/dev/null", copy)
        applied = ran("pg_restore", "--data-only", "--table=django_migrations", "--file=-", copy)
    except Refused as error:
        raise Refused(f"{copy} is damaged: {error}") from error
    if not any(line.split("\t")[1:2] == ["lists"] for line in applied.splitlines()):
        raise Refused(f"{copy} is no backup of such a site: it was never migrated to hold lists")


def query(env: str) -> None:
    """Print the rows, a line each, with tabs between their values."""
    database = Database(env)
    with closing(database.connect()) as connection:
        connection.read_only = True
        # From the first answer on, a transaction that only reads cannot be made one that writes,
        database.own(connection)
        # and what is prepared is one statement: none can follow that would end the transaction.
        cursor = connection.execute(sys.stdin.read(), prepare=True)
        print("\t".join(column.name for column in cursor.description or []))
        for row in cursor if cursor.description else ():
            print("\t".join("" if value is None else str(value) for value in row))


def restore(env: str, backup: str, to: str) -> None:
    """Fill a new database with the backup, and let it take the place of the one that serves."""
    database = Database(env)
    short = database.name.encode()[:NAME_LENGTH].decode(errors="ignore")
    new, before = f"{short}.restoring", f"{short}{BEFORE}"
    try:
        check(backup)
        with closing(database.beside()) as server:
            # What a restore left that was killed; of what was there before it, there is a copy.
            drop(database, server, new, before)
            try:
                prepare(database, server, backup, new)
                exchange(database, server, new, before, to)
            except BaseException:
                drop(database, server, new)
                raise
            # It is in the copy; what is left of it goes with the next restore.
            with suppress(Refused, psycopg.Error):
                drop(database, server, before)
    except (Refused, OSError, psycopg.Error) as error:
        raise Refused(f"Nothing was replaced. {reason(error)}") from error


def drop(database: Database, server: "psycopg.Connection[Any]", *names: str) -> None:
    """Remove these databases, if they are there; raises Refused for one that does not bear this site's mark."""
    for name in names:
        found = server.execute(MARK_OF, [name]).fetchone()
        # One that a killed restore has just made may have no mark yet.
        if found and found[0] != database.mark and (found[0] or name.endswith(BEFORE)):
            raise Refused(f"The database {name} is in the way, and is not this site's. It was left as it is")
        server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


def prepare(database: Database, server: "psycopg.Connection[Any]", backup: str, new: str) -> None:
    """Make a database that is like the one that serves, with the content of the backup and without a stamp."""
    owner, *like = one(server, LIKE, database.name)
    made = "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {} CONNECTION LIMIT {}"
    name = Identifier(new)
    server.execute(SQL(made).format(name, Identifier(owner), *map(Literal, like)))
    server.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    server.execute(SQL(MARKED).format(name, Literal(database.mark)))
    database.run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", backup, name=new)
    with closing(database.connect(dbname=new)) as restored:
        if one(restored, "SELECT to_regclass('acceptance_stamp')")[0]:
            restored.execute("DELETE FROM acceptance_stamp")
        restored.commit()


def exchange(database: Database, server: "psycopg.Connection[Any]", new: str, before: str, to: str) -> None:
    """Copy the database once nobody writes to it, and exchange the two before anybody does again."""
    name, limit = Identifier(database.name), SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
    (*_, connections) = one(server, LIKE, database.name)
    with closing(database.connect()) as live:
        database.own(live)
        lock(live)
        dump(database, to)
        try:
            server.execute(limit.format(name, Literal(0)))
            end_others(server, live)
            # Had it ended meanwhile, its locks would have too, and rows could be missing in the copy.
            live.execute("SELECT 1")
            live.close()
            with server.transaction():
                for old, other in ((database.name, before), (new, database.name)):
                    server.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(*map(Identifier, (old, other))))
        except BaseException:
            server.execute(limit.format(name, Literal(connections)))
            raise


def lock(live: "psycopg.Connection[Any]") -> None:
    """Have writing wait until the connection ends; whoever writes now is waited for, a moment at a time."""
    tables = [Identifier(*row) for row in live.execute(TABLES)]
    until = time.monotonic() + LOCKED_WITHIN_S
    while tables:
        try:
            # Given up before PostgreSQL would find that we wait for a writer and a writer for us, and end one of both.
            live.execute(f"SET LOCAL lock_timeout = '{LOCK_TRIED_S}s'")
            live.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            live.execute(SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(SQL(", ").join(tables)))
        except psycopg.errors.LockNotAvailable:
            live.rollback()
            if time.monotonic() > until:
                raise Refused(f"Somebody writes to {live.info.dbname}, for more than {LOCKED_WITHIN_S} s") from None
            time.sleep(POLL_S)
        else:
            return


def end_others(server: "psycopg.Connection[Any]", live: "psycopg.Connection[Any]") -> None:
    """End every session but this one; whoever waited to write has written nothing, and is told so."""
    until = time.monotonic() + ENDED_WITHIN_S
    while one(server, END, live.info.dbname, live.info.backend_pid)[0]:
        if time.monotonic() > until:
            raise Refused(f"Somebody else stays connected to {live.info.dbname}")
        time.sleep(POLL_S)


ACTIONS: "dict[str, Callable[..., None]]" = {
    "look": look,
    "make": make,
    "copy": copy,
    "check": check,
    "query": query,
    "restore": restore,
}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
