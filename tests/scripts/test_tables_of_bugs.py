"""The tables of bugs that tests are measured by fit the code as it is now, wherever that was moved."""

import tomllib
from pathlib import Path

import pytest

TABLES = {"site_bugs": "bug", "engine_breakages": "breakage"}
ROWS = [row for table, kind in TABLES.items() for row in tomllib.loads(Path(f"scripts/{table}.toml").read_text())[kind]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_its_place_is_there_once(row):
    assert Path(row["file"]).read_text().count(row["old"]) == 1
    assert row["new"] != row["old"]
