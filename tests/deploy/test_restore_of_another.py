"""A database of another application among the backups, by whatever name: it replaces nothing."""

import sqlite3
from contextlib import closing

import pytest

from deploy.remote import restore_database
from tests.deploy.test_restore_database import lists, made


@pytest.mark.parametrize("done", ["DROP TABLE django_migrations", "UPDATE django_migrations SET app = 'recipes'"])
def test_a_database_of_another_application_replaces_nothing(tmp_path, capsys, done):
    database, backup = made(tmp_path / "db.sqlite3", ["Precious"]), made(tmp_path / "recipes.sqlite3", ["Soup"])
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute(done)
    assert restore_database.main(str(backup), str(database), str(tmp_path / "copy.sqlite3")) == 1
    assert f"Nothing was replaced. {backup} is no backup of such a site" in capsys.readouterr().err
    assert lists(database) == ["Precious"]
    assert not (tmp_path / "copy.sqlite3").exists()
