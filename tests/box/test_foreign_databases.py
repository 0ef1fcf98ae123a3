"""Mistakes that would cost people their lists, made on purpose on servers."""

import pytest

from deploy.deployment import DeployError
from tests.box.manual_changes import refuses_fixtures, set_by_hand, target_of


@pytest.fixture
def entered(staging):
    """A list on staging."""
    staging.manage("create_list", "Precious")
    return staging


def test_a_copy_of_productions_database_behind_staging(entered):
    rows, copy = entered.rows(), f"{entered.layout.database.parent}/of-production.sqlite3"
    entered.run("cp", str(entered.layout.database), copy)
    entered.sql("DELETE FROM acceptance_stamp", copy)
    set_by_hand(entered, "DJANGO_DB_PATH", copy)
    refuses_fixtures(entered, "not stamped")
    assert entered.rows(copy) == rows
    # A deploy neither migrates a database that nobody meant, nor lets the site forget it.
    with pytest.raises(DeployError, match=r"\.env leads to \S+/of-production\.sqlite3, not to \S+/db\.sqlite3\."):
        entered.deploy()
    assert entered.rows(copy) == rows
    set_by_hand(entered, "DJANGO_DB_PATH", str(entered.layout.database))
    with target_of(entered) as target:
        assert target.fixtures_unavailable() == ""
