"""The tables of bugs that tests are measured by fit the code as it is now, wherever that was moved."""

from pathlib import Path

import pytest

from scripts import mutants

ROWS = [row for table in (mutants.SITE, mutants.ENGINE) for row in mutants.read_table(table) if row.file]
BY = {mutants.SITE: mutants.SCENARIOS, mutants.ENGINE: mutants.REAL}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_its_place_is_there_once(row):
    assert Path(row.file).read_text().count(row.old) == 1
    assert row.new != row.old


@pytest.mark.parametrize("table", BY)
def test_what_caught_a_row_is_one_of_what_is_tried(table):
    """A word that the runner does not know would let the row go uncaught."""
    rows = mutants.read_table(table)
    allowed = {mutants.UNIT, BY[table], mutants.NOTHING, mutants.NOT_TRIED}
    assert [row.name for row in rows if row.caught_by not in allowed] == []
    assert len({row.name for row in rows}) == len(rows)
