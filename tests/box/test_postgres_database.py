"""A site's PostgreSQL database is copied, asked and put back while it is in use, and no acknowledged write is lost."""

import io
import json
import os
import secrets
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from acceptance.waiting import eventually
from deploy.remote import postgres_database as program
from deploy.remote_programs import source
from tests.box.shared_postgresql import PostgreSQL

FILL = """
CREATE TABLE lists (name TEXT);
CREATE TABLE items (name TEXT);
CREATE TABLE django_migrations (id INT, app TEXT, name TEXT);
CREATE TABLE acceptance_stamp (site TEXT);
INSERT INTO lists VALUES ('Buy milk');
INSERT INTO django_migrations VALUES (1, 'lists', '0001');
INSERT INTO acceptance_stamp VALUES ('lists.example.com');
"""
# As acceptance/django_app/lock.py does.
TAKEN = "SELECT pg_try_advisory_lock(20251120)"


class Site:
    """A site's .env, and the database that it leads to, of a role that is nobody special."""

    def __init__(self, folder: Path, database: PostgreSQL) -> None:
        self.name = name = f"site_{secrets.token_hex(8)}"
        url = database.make(name)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"CREATE ROLE {name} LOGIN CREATEDB PASSWORD 'p4ssword'")
            admin.execute(f"ALTER DATABASE {name} OWNER TO {name}")
        self.url = f"postgresql://{name}:p4ssword@{database.address}:5432/{name}"
        self.env, self.copy, self.backup = folder / ".env", folder / "copy.dump", folder / "backup.dump"
        self.env.write_text(f"SITENAME='lists.example.com'\nSITE_ENVIRONMENT='staging'\nDATABASE_URL='{self.url}'\n")
        assert program.main("make", str(self.env)) == 0
        self.sql(FILL)
        assert program.main("copy", str(self.env), str(self.backup)) == 0
        self.sql("INSERT INTO lists VALUES ('Entered since')")

    def sql(self, statement: str) -> list[str]:
        """Do this, each time on a new connection, as the site after a restart."""
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement)
            return [row[0] for row in cursor] if cursor.description else []

    @property
    def lists(self) -> list[str]:
        return self.sql("SELECT name FROM lists ORDER BY name")

    def copied(self) -> str:
        """Return all that is in the copy, as SQL."""
        return subprocess.check_output(["pg_restore", "--file=-", self.copy], text=True)


@pytest.fixture
def site(tmp_path, database):
    return Site(tmp_path, database)


@pytest.fixture
def run(site, capsys):
    """Do something with the database; return why it failed, if it did."""
    needed = {"copy": [site.copy], "restore": [site.backup, site.copy]}

    def act(action):
        code = program.main(action, str(site.env), *map(str, needed.get(action, [])))
        error = capsys.readouterr().err
        assert code == bool(error)
        assert "p4ssword" not in error
        return error

    return act


def test_a_restore_amid_writers_loses_nothing_that_was_acknowledged(site, run):
    """Writers lock the tables in the other order than a restore does, and come back at once when sent away."""
    enough, accepted = Event(), list[str]()

    def write(who: int) -> None:
        number = 0
        while not enough.is_set():
            with suppress(psycopg.Error), psycopg.connect(site.url) as connection:
                while not enough.is_set():
                    text = f"{who}-{(number := number + 1)}"
                    connection.execute("INSERT INTO lists VALUES (%s)", [text])
                    connection.execute("INSERT INTO items VALUES (%s)", [text])
                    connection.commit()
                    accepted.append(text)

    writers = [Thread(target=write, args=(who,)) for who in range(3)]
    for writer in writers:
        writer.start()
    try:
        for act in (lambda: run("restore"), lambda: ""):
            so_far = len(accepted)
            eventually(lambda: len(accepted) - so_far > 50, what="more to be written", within_s=30)  # noqa: B023
            assert act() == ""
    finally:
        enough.set()
        for writer in writers:
            writer.join()
    live, copied = set(site.lists), site.copied()
    assert [text for text in accepted if text not in live and f"\n{text}\n" not in copied] == []
    assert {"Buy milk"} == {text for text in live if "-" not in text}
    assert "\nEntered since\n" in copied
    assert site.sql("SELECT count(*) FROM acceptance_stamp") == [0]


def test_nothing_is_left_of_a_restore_but_the_data_and_its_copy(site, run, tmp_path):
    before = set(tmp_path.iterdir())
    limit = "SELECT datconnlimit FROM pg_database WHERE datname = current_database()"
    others = "SELECT datname FROM pg_database WHERE datname LIKE current_database() || '%'"
    for _ in range(2):
        assert run("restore") == ""
        assert site.lists == ["Buy milk"]
        assert len(site.sql(others)) == 1
        assert site.sql(limit) == [-1]
        assert set(tmp_path.iterdir()) - before == {site.copy}
        # Nobody else may connect to what a restore made.
        assert site.sql("SELECT has_database_privilege('public', current_database(), 'CONNECT')") == [False]
        site.copy.unlink()


def test_a_backup_fills_the_empty_database_of_a_new_server(site, run, database):
    url = database.make(f"new_{site.name}")
    site.env.write_text(site.env.read_text().replace(site.url, url))
    assert run("make") == ""
    assert run("restore") == ""
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT name FROM lists").fetchall() == [("Buy milk",)]


def test_where_somebody_writes_on_and_on_nothing_is_replaced(site, run, monkeypatch):
    monkeypatch.setattr(program, "LOCKED_WITHIN_S", 0.1)
    with psycopg.connect(site.url) as writing:
        writing.execute("INSERT INTO lists VALUES ('not yet')")
        assert "Nothing was replaced. Somebody writes to" in run("restore")
        writing.commit()
    assert (site.lists, site.copy.exists()) == (["Buy milk", "Entered since", "not yet"], False)


def test_where_the_copy_cannot_be_made_the_site_goes_on(site, run):
    site.copy.write_text("somebody's")
    for action in ("copy", "restore"):
        assert "copy.dump is there already" in run(action)
    assert site.copy.read_text() == "somebody's"
    site.sql("INSERT INTO lists VALUES ('Written after')")
    assert "Entered since" in site.lists


def other_app(site):
    site.backup.unlink()
    site.sql("UPDATE django_migrations SET app = 'recipes'")
    assert program.main("copy", str(site.env), str(site.backup)) == 0


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda site: site.backup.write_bytes(site.backup.read_bytes()[:-400]), "is damaged: pg_restore failed"),
        (lambda site: site.backup.write_bytes(b"SQLite format 3\0" * 100), "is damaged: pg_restore failed"),
        (other_app, "is no backup of such a site"),
    ],
)
def test_an_unfit_backup_replaces_nothing(site, run, capsys, spoil, why):
    assert program.main("check", str(site.backup)) == 0
    spoil(site)
    assert f"Nothing was replaced. {site.backup} {why}" in run("restore")
    assert (site.lists, site.copy.exists()) == (["Buy milk", "Entered since"], False)
    assert program.main("check", str(site.backup)) == 1
    assert f"{site.backup} {why}" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["look", "make", "copy", "query", "restore"])
def test_another_sites_database_and_nobodys_are_left_alone(site, run, action, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT 1"))
    theirs = site.env.read_text()
    site.env.write_text(theirs.replace("staging", "production"))
    assert "is marked as another's: superlists: lists.example.com, staging. It was left as it is" in run(action)
    site.sql(f"COMMENT ON DATABASE {site.name} IS NULL")
    assert "is not marked as any site's, and holds tables. It was left as it is" in run(action)
    assert (site.lists, site.copy.exists()) == (["Buy milk", "Entered since"], False)


def test_a_restore_whose_lock_ended_amid_the_copy_replaces_nothing(site, run, monkeypatch):
    """The bug: people write after the copy was begun, and what they enter is neither in it nor anywhere else."""
    dump = program.dump

    def cut_off(database, to):
        dump(database, to)
        site.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
            "pg_backend_pid()"
        )
        site.sql("INSERT INTO lists VALUES ('Entered amid it')")

    monkeypatch.setattr(program, "dump", cut_off)
    assert run("restore").startswith("Nothing was replaced.")
    assert "Entered amid it" in site.lists


def test_no_site_begins_on_what_pg_dump_cannot_copy(site, tmp_path, monkeypatch, capsys):
    name = f"{site.name}_new"
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        env = tmp_path / "new.env"
        env.write_text(site.env.read_text().replace(f"/{site.name}'", f"/{name}'"))
        (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'aborting because of server version mismatch' >&2; exit 1\n")
        (tmp_path / "pg_dump").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        assert program.main("make", str(env)) == 1
        assert "pg_dump failed: aborting because of server version mismatch" in capsys.readouterr().err
        marked = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        assert connection.execute(marked, [name]).fetchone() == (None,)
        connection.execute(f"DROP DATABASE {name}")


def test_a_database_in_the_way_that_is_not_the_sites_is_not_removed(site, run):
    """The bug: what bears the name of a restore's leftover is dropped, whosever it is."""
    name = f"{site.name}.before"
    with psycopg.connect(site.url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            assert f"The database {name} is in the way, and is not this site's" in run("restore")
            assert connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
    assert "Entered since" in site.lists


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM lists",
        "COMMIT; DELETE FROM lists",
        "SET TRANSACTION READ WRITE",
        "CREATE TEMP TABLE kept AS SELECT 1; DELETE FROM lists",
        "DO $$ BEGIN COMMIT; DELETE FROM lists; END $$",
        "WITH gone AS (DELETE FROM lists RETURNING name) SELECT * FROM gone",
        "COPY lists TO PROGRAM 'cat > /tmp/reached'",
    ],
)
def test_a_query_that_could_write_is_refused(site, run, monkeypatch, statement):
    monkeypatch.setattr(sys, "stdin", io.StringIO(statement))
    assert run("query")
    assert site.lists == ["Buy milk", "Entered since"]


def test_a_query_is_answered(site, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT name, NULL AS none, 50 % 3 AS two FROM lists ORDER BY name"))
    assert program.main("query", str(site.env)) == 0
    assert capsys.readouterr().out == "name\tnone\ttwo\nBuy milk\t\t2\nEntered since\t\t2\n"


@pytest.mark.parametrize("url", ["", "postgres://x:p4ssword@h/x?conn_max_age=1"])
def test_an_address_that_is_none_is_told_without_it(site, run, tmp_path, url):
    site.env.write_text(f"DATABASE_URL='{url}'\n")
    assert "has no DATABASE_URL as PostgreSQL's own programs take it" in run("look")
    state = [sys.executable, "-c", source("lock"), "state", str(tmp_path / "db"), str(site.env)]
    told = subprocess.run(state, capture_output=True, text=True, check=False)
    assert "does not answer: it is no address" in told.stderr if url else told.stdout == "free\n"
    assert "p4ssword" not in told.stderr


def test_whoever_has_the_lock_has_the_one_of_scenarios_and_so_does_a_step_that_is_left(site, tmp_path):
    """The bug: a scenario empties the database while a migration runs on, whose deploy was cut off."""
    database, env = str(tmp_path / "db"), str(site.env)
    owner = json.dumps({"holder": "edith@here, deploying", "since": "2026-11-22 10:00:00 UTC", "token": tmp_path.name})

    def lock(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", source("lock"), *arguments]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def state() -> str:
        return lock("state", database, env).communicate(timeout=20)[0].strip()

    # Of a scenario, as acceptance/django_app/lock.py takes it.
    with closing(psycopg.connect(site.url, application_name="2026 | boris@there", autocommit=True)) as scenario:
        assert scenario.execute(TAKEN).fetchone() == (True,)
        refused = lock("hold", database, owner, "0", "20", env)
        assert refused.communicate(timeout=20)[0] == "boris@there since 2026\n"
        assert state() == "held by boris@there since 2026"
    holder = lock("hold", database, owner, "5", "20", env)
    assert holder.stdout
    assert holder.stdin
    assert holder.stdout.readline() == "held\n"
    assert state() == "held by edith@here, deploying since 2026-11-22 10:00:00 UTC"
    # A restore ends all connections: the next step has the lock again.
    site.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = user")
    waiting = [sys.executable, "-c", source("with_lock"), tmp_path.name, "", "5", "sh", "-c", "echo; read line"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as step:
        assert step.stdout
        assert step.stdout.readline() == "\n"
        assert site.sql(TAKEN) == [False]
        holder.communicate(timeout=20)
        assert site.sql(TAKEN) == [False]
        step.communicate("\n", timeout=20)
    eventually(lambda: site.sql(TAKEN) == [True], what="the lock, free again", within_s=10)
    assert state() == "free"
