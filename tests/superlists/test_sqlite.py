"""SQLite as several workers need it."""

import sqlite3

import pytest
from django.db.utils import ConnectionHandler

from superlists.configuration import read_configuration


@pytest.fixture
def database(tmp_path, monkeypatch, db):
    """A connection to a file of its own, made as the site makes its connections."""
    monkeypatch.setenv("DJANGO_DB_PATH", str(tmp_path / "lists.sqlite3"))
    connection = ConnectionHandler({"default": read_configuration().database})["default"]
    yield connection
    connection.close()


@pytest.fixture
def another_worker(database, tmp_path):
    connection = sqlite3.connect(tmp_path / "lists.sqlite3", timeout=0, isolation_level=None)
    yield connection
    connection.close()


def pragma(database, name):
    with database.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def test_readers_do_not_wait_for_a_writer(database):
    assert pragma(database, "journal_mode") == "wal"
    assert pragma(database, "synchronous") == 1


def test_a_worker_waits_for_another_to_finish_writing(database):
    assert pragma(database, "busy_timeout") == 20_000


def test_a_transaction_holds_the_write_lock_from_its_start(database, another_worker):
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        another_worker.execute("BEGIN IMMEDIATE")
    database.rollback()
    database.set_autocommit(True)
    another_worker.execute("BEGIN IMMEDIATE")
