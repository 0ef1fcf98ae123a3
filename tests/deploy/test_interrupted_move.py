"""A move to PostgreSQL that is interrupted, on a real SQLite file: people can write to it again."""

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
