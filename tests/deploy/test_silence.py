"""What takes long without a word is waited for: given up, it would come to its end later, when nobody expects it."""

import sqlite3
from contextlib import closing

import pytest

from deploy.release import Releases
from tests.deploy.this_machine import ThisMachine, place_in

# Ten minutes, the longest that any step may be silent, take half of what these programs do.
PACE = 0.5 / 600
SILENT = """#!/bin/sh
sleep 1
{}
"""


@pytest.fixture
def releases(tmp_path, monkeypatch):
    place, server = place_in(tmp_path), ThisMachine(pace=PACE)
    # A file of this size; a look at it has its limit.
    monkeypatch.setattr("deploy.remote_files.size_of", lambda *_: 1)
    server.take_turns(place.turns)
    return Releases(server, place)


def program(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(SILENT.format(script))
    path.chmod(0o755)


def test_a_migration_has_no_limit_of_silence(tmp_path, releases):
    program(tmp_path / "manage", f"touch {tmp_path}/migrated")
    releases.migrate("0123456789ab", new=False)
    assert (tmp_path / "migrated").exists()


def test_neither_has_a_backup(tmp_path, releases, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute("CREATE TABLE lists (id int)")
    program(tmp_path / "bin" / "python3", 'PATH=/usr/bin:/bin exec python3 "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    assert releases.back_up() in list((tmp_path / "backups").iterdir())
