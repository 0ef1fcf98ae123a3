"""A backup is put into a database that is in use, and no write that was acknowledged is lost."""

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from operator import gt
from os.path import getsize

import pytest

from acceptance.waiting import eventually
from deploy.remote import restore_database

# As the site writes: a transaction for each request, which is answered once it is committed.
WRITER = """
import os, sqlite3, sys
database, name = sys.argv[1:]
connection = sqlite3.connect(database, timeout=20, isolation_level=None)
connection.execute("PRAGMA synchronous=NORMAL")
number = 0
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO lists VALUES (?)", [f"{name} {number}"])
    connection.execute("COMMIT")
    os.write(1, f"{name} {number}\\n".encode())
"""


@pytest.fixture
def database(tmp_path):
    return made(tmp_path / "db.sqlite3", ["Entered since"])


@pytest.fixture
def backup(tmp_path):
    return made(tmp_path / "backup.sqlite3", ["Buy milk", "Make tea"])


@pytest.fixture
def copy(tmp_path):
    return tmp_path / "copy.sqlite3"


@pytest.fixture
def restore(database, backup, copy):
    """Put the backup back; return the exit code."""
    before = os.umask(0o022)
    os.umask(before)
    yield lambda: restore_database.main(str(backup), str(database), str(copy))
    # The program sets it for the files that it makes; in this process other tests come after.
    os.umask(before)


def made(path, rows, page_size=4096):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE lists (name TEXT)")
        connection.execute("CREATE TABLE django_migrations AS SELECT 'lists' AS app")
        connection.execute("CREATE TABLE acceptance_stamp AS SELECT 'lists.example.com' AS site")
        connection.executemany("INSERT INTO lists VALUES (?)", [[row] for row in rows])
    return path


def lists(path, table="lists"):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [name for (name,) in connection.execute(f"SELECT * FROM {table}")]


def damage(path):
    """Overwrite the page on which a table begins, as a disk does that fails."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'lists'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"x" * size)


def test_no_write_that_was_acknowledged_is_lost(tmp_path, database, backup, copy, restore):
    files = [tmp_path / f"writer {number}" for number in range(4)]
    writers = []
    for file in files:
        with file.open("wb") as acknowledged:
            command = [sys.executable, "-c", WRITER, str(database), file.name]
            writers.append(subprocess.Popen(command, stdout=acknowledged, stderr=subprocess.PIPE, text=True))
    eventually(lambda: all(map(getsize, files)), what="each to write", within_s=20)
    assert restore() == 0
    sizes = list(map(getsize, files))
    eventually(lambda: all(map(gt, map(getsize, files), sizes)), what="each to write again", within_s=20)
    for writer in writers:
        writer.kill()
        assert writer.communicate()[1] == ""
    # What was cut off at the end was not acknowledged.
    told = {line for file in files for line in file.read_text().split("\n")[:-1]}
    before, after = set(lists(copy)), set(lists(database))
    assert told <= before | after
    assert before & after == set()
    assert {"Buy milk", "Make tea"} <= after
    assert "Entered since" in before


def test_what_was_there_is_copied_and_the_stamp_does_not_come_back(database, backup, copy, restore, tmp_path):
    before = set(tmp_path.iterdir())
    assert restore() == 0
    assert (lists(database), lists(copy)) == (["Buy milk", "Make tea"], ["Entered since"])
    assert [lists(path, "acceptance_stamp") for path in (database, backup)] == [[], ["lists.example.com"]]
    assert {path for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm"))} == {*before, copy}
    assert copy.stat().st_mode & 0o007 == 0


def test_where_the_disk_is_full_nothing_is_replaced_and_no_half_of_a_copy_stays(database, restore, tmp_path, capsys):
    before = set(tmp_path.iterdir())
    # The backup's content fits; what is there does not.
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO lists VALUES (?)", ["x" * 1_000_000])
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
    try:
        assert restore() == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "Nothing was replaced. OperationalError: " in capsys.readouterr().err
    assert lists(database)[0] == "Entered since"
    assert {path for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm"))} == before


def test_who_reads_meanwhile_goes_on_with_what_they_began_with(database, restore):
    count = "SELECT count(*) FROM lists"
    with closing(sqlite3.connect(database)) as reading:
        reading.execute("BEGIN")
        assert reading.execute(count).fetchone() == (1,)
        assert restore() == 0
        assert reading.execute(count).fetchone() == (1,)
        reading.rollback()
        assert reading.execute(count).fetchone() == (2,)


def test_a_damaged_database_is_what_backups_are_for(database, copy, restore):
    damage(database)
    assert restore() == 0
    assert lists(database) == ["Buy milk", "Make tea"]
    assert copy.exists()


@pytest.mark.parametrize("page_size", [1024, 65536])
def test_a_backup_with_pages_of_another_size_is_put_back(database, backup, restore, page_size):
    backup.unlink()
    made(backup, ["Buy milk"], page_size)
    assert restore() == 0
    assert lists(database) == ["Buy milk"]


def test_a_damaged_backup_replaces_nothing(database, backup, copy, restore, capsys):
    damage(backup)
    assert restore() == 1
    assert f"Nothing was replaced. {backup} is damaged: " in capsys.readouterr().err
    assert (lists(database), copy.exists()) == (["Entered since"], False)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_backup_replaces_nothing(database, backup, restore, content, capsys):
    backup.write_bytes(content)
    assert restore() == 1
    assert f"Nothing was replaced. {backup} " in capsys.readouterr().err
    assert lists(database) == ["Entered since"]


def test_a_backup_in_which_rows_refer_to_none_replaces_nothing(database, backup, restore, capsys):
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("CREATE TABLE shares (item INTEGER REFERENCES none (id))")
        connection.execute("INSERT INTO shares VALUES (7)")
    assert restore() == 1
    assert f"Nothing was replaced. {backup} is damaged: shares 1 none 0" in capsys.readouterr().err
    assert lists(database) == ["Entered since"]


def test_where_somebody_writes_on_and_on_nothing_is_replaced(database, copy, restore, monkeypatch, capsys):
    monkeypatch.setattr(restore_database, "LOCKED_WITHIN_S", 0.1)
    with closing(sqlite3.connect(database)) as writing:
        writing.execute("INSERT INTO lists VALUES ('not yet')")
        assert restore() == 1
        writing.commit()
    assert "Nothing was replaced. Somebody writes to" in capsys.readouterr().err
    assert (lists(database), copy.exists()) == (["Entered since", "not yet"], False)


def test_a_database_that_cannot_be_copied_is_not_replaced(database, copy, restore, capsys):
    copy.write_text("somebody's")
    assert restore() == 1
    assert f"Nothing was replaced. {copy} is there already" in capsys.readouterr().err
    assert (lists(database), copy.read_text()) == (["Entered since"], "somebody's")


def test_where_there_is_no_database_none_is_made(database, restore, capsys):
    database.unlink()
    assert restore() == 1
    assert f"Nothing was replaced. {database} cannot be read, so it cannot be copied" in capsys.readouterr().err
    assert not database.exists()


@pytest.mark.parametrize("done", ["DROP TABLE django_migrations", "UPDATE django_migrations SET app = 'recipes'"])
def test_a_database_of_another_application_replaces_nothing(database, backup, copy, restore, done):
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute(done)
    assert restore() == 1
    assert (lists(database), copy.exists()) == (["Entered since"], False)
