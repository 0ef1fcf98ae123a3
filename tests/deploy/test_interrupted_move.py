"""A move to PostgreSQL, on a real SQLite file: interrupted, people can write to it again; and no row is exchanged."""

import sqlite3
from contextlib import closing
from pathlib import Path, PurePosixPath

import pytest

from deploy import site_env
from deploy.database_move import _Move
from deploy.site_layout import SiteLayout
from tests.deploy.this_machine import ThisMachine, layout_in, site


def test_ctrl_c_amid_a_move_lets_the_file_be_written_again(tmp_path: Path, monkeypatch):
    layout_in(tmp_path)
    layout, said = SiteLayout(site(database="postgres"), PurePosixPath(tmp_path)), list[str]()
    (tmp_path / "current").symlink_to("releases/one")
    file = str(layout.database)

    def write() -> None:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("INSERT INTO lists VALUES ('Buy milk')")

    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE lists (name TEXT)")

    def interrupt(_move: _Move) -> None:
        with pytest.raises(sqlite3.IntegrityError, match="this data has moved to PostgreSQL"):
            write()
        raise KeyboardInterrupt

    monkeypatch.setattr(site_env, "prepare", lambda *_, **__: None)
    monkeypatch.setattr(_Move, "_make", lambda _: None)
    monkeypatch.setattr(_Move, "_copy", interrupt)
    with pytest.raises(KeyboardInterrupt):
        _Move(ThisMachine(), layout, said.append).run()
    write()
    assert said[0].startswith("staging goes on with its file.")


# Gives what is in the database's folder as the rows; and puts beside itself what it is to load, and that folder again.
MANAGE = """#!/bin/sh
cd "${0%/*}"
if [ "$1" = loaddata ]; then cat > loaded; fi
ls -A database
"""


def test_the_rows_are_never_where_the_account_that_serves_writes(tmp_path: Path, monkeypatch):
    layout_in(tmp_path)
    layout = SiteLayout(site(database="postgres"), PurePosixPath(tmp_path))
    (tmp_path / "current").symlink_to("releases/one")
    (tmp_path / "manage").write_text(MANAGE)
    (tmp_path / "manage").chmod(0o755)
    monkeypatch.setattr(_Move, "_counted", lambda *_: {})
    folders = [(tmp_path / name) for name in ("database", "backups")]
    (folders[0] / "db.sqlite3").touch()
    _Move(ThisMachine(), layout, print)._bring()
    assert (tmp_path / "loaded").read_text() == "db.sqlite3\n"
    assert [[path.name for path in folder.iterdir()] for folder in folders] == [["db.sqlite3"], []]
