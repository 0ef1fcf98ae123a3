"""A site that served, and whose database is gone: nothing takes that for a site that is new."""

import sqlite3
from contextlib import closing

import pytest

from acceptance.ssh import ServerError
from deploy.release import Releases
from tests.deploy.this_machine import ThisMachine, place_in


@pytest.fixture
def releases(tmp_path):
    return Releases(ThisMachine(), place_in(tmp_path))


def served(folder):
    (folder / "current").symlink_to(folder / "releases" / "0123456789ab")


def made_by_a_request(path):
    """Open it as the site does: SQLite makes a file, which is not empty."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=WAL")
    assert path.stat().st_size


@pytest.mark.parametrize("made", [lambda _: None, lambda path: path.touch(), made_by_a_request])
def test_a_site_that_served_has_a_database_or_something_is_wrong(tmp_path, releases, made):
    served(tmp_path)
    database = tmp_path / "db.sqlite3"
    made(database)
    with pytest.raises(ServerError, match=r"0123456789ab served, and \S+/db\.sqlite3 .*Is its disk mounted\?"):
        releases.back_up()
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_site_that_never_served_has_none_yet(releases):
    assert releases.back_up() is None


def test_what_a_first_deploy_left_of_a_database_is_copied(tmp_path, releases):
    made_by_a_request(tmp_path / "db.sqlite3")
    assert releases.back_up() in list((tmp_path / "backups").iterdir())
