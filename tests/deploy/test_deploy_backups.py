"""A site's database as a deploy works on it: backed up, migrated, and old backups pruned."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.ssh import ServerError
from deploy.site_data import KEPT, SiteData, old_backups
from tests.deploy.this_machine import ThisMachine, layout_in
from tests.sqlite_statements import sql

# Ten minutes, the longest that any step may last, are half of what a silent program takes here.
PACE = 0.5 / 600
SILENT = "sleep 1"
KINDS = ["", "-deploy", "-restore", "-manual"]
NAMES = [f"2026-11-20T10-00-{second:02}.000001Z{KINDS[second % 4]}.sqlite3" for second in range(KEPT + 3)]


@pytest.fixture
def database(tmp_path):
    path = Path(layout_in(tmp_path).database)
    sql(path, "PRAGMA journal_mode=WAL", "CREATE TABLE lists AS SELECT 'Buy milk' AS name")
    return path


def backups(folder):
    return list((folder / "backups").iterdir())


def data(folder, **machine):
    return SiteData(ThisMachine(**machine), layout_in(folder))


def test_a_database_is_copied_while_it_is_in_use(tmp_path, database):
    with closing(sqlite3.connect(database)) as writing:
        writing.execute("INSERT INTO lists VALUES ('not yet')")
        copy = data(tmp_path).back_up("0123456789ab")
    assert (backups(tmp_path), sql(copy, "SELECT * FROM lists")) == ([copy], [("Buy milk",)])


def made_by_a_request(path):
    """Open it as the site does: SQLite makes a file, which is not empty."""
    sql(path, "PRAGMA journal_mode=WAL")
    assert path.stat().st_size


@pytest.mark.parametrize("made", [lambda _: None, lambda path: path.touch(), made_by_a_request])
def test_a_site_that_served_has_a_database_or_something_is_wrong(tmp_path, made):
    made(Path(layout_in(tmp_path).database))
    with pytest.raises(ServerError, match=r"0123456789ab served, and \S+/db\.sqlite3 .*Is its disk mounted\?"):
        data(tmp_path).back_up("0123456789ab")
    assert backups(tmp_path) == []


def test_a_site_that_never_served_has_none_yet_and_what_a_first_deploy_left_is_copied(tmp_path):
    assert data(tmp_path).back_up("") is None
    made_by_a_request(Path(layout_in(tmp_path).database))
    assert data(tmp_path).back_up("") in backups(tmp_path)


def test_where_the_databases_folder_is_missing_nobody_knows_whether_it_is_there(tmp_path):
    missing = SiteData(ThisMachine(), layout_in(tmp_path))
    (tmp_path / "database").rmdir()
    with pytest.raises(ServerError, match="Looking into the database failed"):
        missing.back_up("")


def program(path, script):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{SILENT}\n{script}\n")
    path.chmod(0o755)


def test_neither_a_migration_nor_a_backup_is_given_up(tmp_path, database, monkeypatch):
    """Given up, it would come to its end later, when nobody expects it."""
    program(tmp_path / "manage", f"touch {tmp_path}/migrated")
    data(tmp_path, pace=PACE).migrate("0123456789ab", new=False)
    assert (tmp_path / "migrated").exists()
    program(tmp_path / "bin" / "python3", 'PATH=/usr/bin:/bin exec python3 "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(SiteData, "look", lambda _: ("", "full"))
    assert data(tmp_path, pace=PACE).back_up("") in backups(tmp_path)


CUT = [f"{NAMES[0]}.restoring-wal", f"{NAMES[0]}.unfinished", f"{NAMES[-1]}.unfinished"]
THEIRS = ["before the big change.sqlite3", "0.sqlite3", "notes", "2026-11-20T09-00-00.000001Z-daily.sqlite3"]


@pytest.mark.parametrize(
    ("names", "named", "old"),
    [
        (NAMES[::-1], "", NAMES[:3]),
        (NAMES[:KEPT], "", []),
        # Somebody was told of it.
        (NAMES, NAMES[1], [NAMES[0], NAMES[2]]),
        # What was cut off counts for nothing, and goes with its age.
        ([*NAMES[1:], *CUT], "", [*CUT[:2], *NAMES[1:3]]),
        # What a person called otherwise.
        ([*NAMES, *THEIRS], "", NAMES[:3]),
    ],
)
def test_the_last_backups_are_kept_and_what_is_not_the_deploys_own(names, named, old):
    assert old_backups(names, named=named) == old
