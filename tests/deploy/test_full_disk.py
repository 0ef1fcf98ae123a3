"""A disk that is full takes nothing away: a shell that lets no file grow stands for it."""

import sqlite3
from contextlib import closing, suppress

import pytest

from acceptance.ssh import ServerError
from deploy import site_env as env
from deploy.release import Releases
from tests.deploy.this_machine import ThisMachine, place_in

SETTINGS = "DJANGO_SECRET_KEY='precious'\n"


@pytest.fixture
def full():
    # In blocks of 512 bytes: a page of a database is the first that finds no room.
    return ThisMachine(before="ulimit -f 8")


def test_the_settings_before_are_whole_or_there_is_no_way_back(tmp_path):
    place = place_in(tmp_path)
    (tmp_path / ".env").write_text(SETTINGS)
    (tmp_path / ".env.next").write_text("NAME='next'\n")
    with suppress(ServerError):
        env.switch(ThisMachine(before="ulimit -f 0"), place)
    env.go_back(ThisMachine(), place)
    assert (tmp_path / ".env").read_text() == SETTINGS


def test_half_of_a_backup_does_not_stay(tmp_path, full):
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute("CREATE TABLE lists (name TEXT)")
    place = place_in(tmp_path)
    with pytest.raises(ServerError, match="Backing up the database"):
        Releases(full, place).back_up()
    assert list((tmp_path / "backups").iterdir()) == []
