"""A site's database is made, copied, asked and put back while it is in use, and no acknowledged write is lost."""

import io
import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from deploy.remote import database as program
from deploy.remote_programs import source
from tests.sqlite_statements import sql


@pytest.fixture
def database(tmp_path):
    (tmp_path / "site").mkdir()
    return filled(tmp_path / "site" / "db.sqlite3", ["Entered since"])


@pytest.fixture
def backup(tmp_path):
    # Whatever the size of its pages.
    return filled(tmp_path / "backup.sqlite3", ["Buy milk", "Make tea"], page_size=1024)


@pytest.fixture
def run(database, backup, tmp_path, capsys):
    """Do something with the database; return why it failed, if it did. The copy goes to `copy.sqlite3`."""
    before = os.umask(0o022)
    copy = str(tmp_path / "copy.sqlite3")
    ours = str(database)
    needed = {"check": [str(backup)], "copy": [ours, copy], "restore": [ours, str(backup), copy]}

    def act(action):
        code, error = program.main(action, *needed.get(action, [ours])), capsys.readouterr().err
        assert code == bool(error)
        return error

    yield act
    # The program sets it for the files that it makes; in this process other tests come after.
    os.umask(before)


def filled(path, rows, page_size=4096):
    sql(
        path,
        *(f"PRAGMA page_size={page_size}", "PRAGMA journal_mode=WAL", "CREATE TABLE lists (name TEXT)"),
        "CREATE TABLE django_migrations AS SELECT 'lists' AS app",
        "CREATE TABLE acceptance_stamp AS SELECT 'lists.example.com' AS site",
        *(f"INSERT INTO lists VALUES ('{row}')" for row in rows),
    )
    return path


def lists(path, table="lists"):
    assert sql(path, "PRAGMA integrity_check") == [("ok",)]
    return [name for (name,) in sql(path, f"SELECT * FROM {table}")]


def damage(path):
    """Overwrite the page on which a table begins, as a disk does that fails."""
    beginning = "SELECT rootpage FROM sqlite_master WHERE name = 'lists'"
    ((page,),) = sql(path, "PRAGMA wal_checkpoint(TRUNCATE)", beginning)
    ((size,),) = sql(path, "PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"x" * size)


def test_what_was_there_is_copied_and_the_stamp_does_not_come_back(database, backup, run, tmp_path):
    before, copy = set(tmp_path.iterdir()), tmp_path / "copy.sqlite3"
    assert run("restore") == ""
    assert (lists(database), lists(copy)) == (["Buy milk", "Make tea"], ["Entered since"])
    assert [lists(path, "acceptance_stamp") for path in (database, backup)] == [[], ["lists.example.com"]]
    assert {path for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm"))} == {*before, copy}
    assert copy.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("action", ["copy", "restore"])
def test_where_the_disk_is_full_nothing_is_replaced_and_no_half_of_a_copy_stays(database, run, tmp_path, action):
    before = set(tmp_path.iterdir())
    # The backup's content fits; what is there does not.
    sql(database, f"INSERT INTO lists VALUES ('{'x' * 1_000_000}')")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
    try:
        assert run(action)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert lists(database)[0] == "Entered since"
    assert set(tmp_path.iterdir()) == before


def test_a_damaged_database_is_what_backups_are_for(database, run, tmp_path):
    damage(database)
    assert run("restore") == ""
    assert lists(database) == ["Buy milk", "Make tea"]
    assert (tmp_path / "copy.sqlite3").exists()


TO_NONE = ("CREATE TABLE s (i INTEGER REFERENCES none (id))", "INSERT INTO s VALUES (7)")
OF_RECIPES = "UPDATE django_migrations SET app = 'recipes'"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (damage, "is damaged: "),
        (lambda path: path.write_bytes(b""), "holds no table"),
        (lambda path: path.write_bytes(b"no database at all" * 100), "is damaged: file is not a database"),
        (lambda path: sql(path, *TO_NONE), "is damaged: s 1 none 0"),
        (lambda path: sql(path, "DROP TABLE django_migrations"), "is no backup of such a site"),
        (lambda path: sql(path, OF_RECIPES), "is no backup of such a site"),
    ],
)
def test_an_unfit_backup_replaces_nothing(database, backup, run, spoil, why):
    assert run("check") == ""
    spoil(backup)
    before = set(backup.parent.iterdir())
    assert f"Nothing was replaced. {backup} {why}" in run("restore")
    assert (lists(database), set(backup.parent.iterdir())) == (["Entered since"], before)
    assert run("check").startswith(f"{backup} {why}")


def test_where_somebody_writes_on_and_on_nothing_is_replaced(database, run, tmp_path, monkeypatch):
    monkeypatch.setattr(program, "LOCKED_WITHIN_S", 0.1)
    with closing(sqlite3.connect(database)) as writing:
        writing.execute("INSERT INTO lists VALUES ('not yet')")
        assert "Nothing was replaced. Somebody writes to" in run("restore")
        writing.commit()
    assert (lists(database), (tmp_path / "copy.sqlite3").exists()) == (["Entered since", "not yet"], False)


@pytest.mark.parametrize("action", ["copy", "restore"])
def test_a_copy_replaces_no_other_file(database, run, tmp_path, action):
    (tmp_path / "copy.sqlite3").write_text("somebody's")
    assert "copy.sqlite3 is there already" in run(action)
    assert (lists(database), (tmp_path / "copy.sqlite3").read_text()) == (["Entered since"], "somebody's")


@pytest.mark.parametrize("action", ["copy", "query", "restore"])
def test_where_there_is_no_database_none_is_made(database, run, tmp_path, action):
    database.unlink()
    before = set(tmp_path.iterdir())
    assert run(action)
    assert (set(tmp_path.iterdir()), list(database.parent.iterdir())) == (before, [])


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
@pytest.mark.parametrize("action", ["copy", "make", "query", "restore"])
def test_a_link_that_the_account_that_serves_put_there_is_not_followed(database, run, tmp_path, action, link):
    theirs = database.rename(tmp_path / "theirs.sqlite3")
    getattr(database, link)(theirs)
    assert f"{database} is no file with this one name; a link is not followed" in run(action)
    assert (lists(theirs), (tmp_path / "copy.sqlite3").exists()) == (["Entered since"], False)


def test_an_empty_file_is_made_for_two_accounts_and_one_with_data_stays(database, run):
    assert "is there already, and not empty; it was left as it is" in run("make")
    assert lists(database) == ["Entered since"]
    database.unlink()
    for _ in range(2):
        assert run("make") == ""
        assert (database.stat().st_size, database.stat().st_mode & 0o777) == (0, 0o660)


def test_what_is_frozen_takes_no_change_until_it_thaws(database, run):
    assert run("freeze") == ""
    for change in ("INSERT INTO lists VALUES ('late')", "UPDATE lists SET name = 'late'", "DELETE FROM lists"):
        with pytest.raises(sqlite3.IntegrityError, match="this data has moved to PostgreSQL"):
            sql(database, change)
    # A second try begins with what the first has left.
    for action in ("freeze", "thaw", "thaw"):
        assert run(action) == ""
    sql(database, "INSERT INTO lists VALUES ('Written after')")
    assert lists(database) == ["Entered since", "Written after"]


def test_a_query_is_answered(database):
    command = [sys.executable, "-c", source("database"), "query", str(database)]
    query = "SELECT name, NULL AS none FROM lists"
    assert subprocess.check_output(command, input=query, text=True) == "name\tnone\nEntered since\t\n"


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM lists",
        "VACUUM INTO '{file}'",
        "ATTACH 'file:{file}?mode=rwc' AS other",
        "DETACH main",
        "CREATE TEMP TABLE kept AS SELECT * FROM lists",
        "BEGIN EXCLUSIVE",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA wal_checkpoint",
        "PRAGMA temp_store_directory('{file}')",
        "SELECT load_extension('{file}')",
    ],
)
def test_a_query_that_could_reach_another_file_is_refused(database, run, tmp_path, monkeypatch, sql):
    """The bug: to a connection that cannot write SQLite still gives a full copy of the data, anywhere."""
    before = set(tmp_path.iterdir())
    monkeypatch.setattr(sys, "stdin", io.StringIO(sql.format(file=tmp_path / "reached.sqlite3")))
    error = run("query")
    assert (set(tmp_path.iterdir()), lists(database)) == (before, ["Entered since"])
    assert "authoriz" in error
    assert "Allowed: SELECT" in error


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT max(i) FROM n",
        "EXPLAIN QUERY PLAN SELECT upper(name) FROM lists",
        "SELECT sql FROM sqlite_master",
    ],
)
def test_a_query_that_only_reads_is_answered(run, monkeypatch, sql):
    monkeypatch.setattr(sys, "stdin", io.StringIO(sql))
    assert run("query") == ""
