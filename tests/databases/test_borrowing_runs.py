"""Runs of the suite on databases that the service lends."""

import os

import pytest

from tests.databases.service import containers, directories
from tests.runs.conftest import Scratch, scratch, until
from tests.runs.test_interrupted_container_runs import STANDS_STILL

__all__ = ["scratch"]

SETTINGS = ("-D", "target=docker", "-D", "database=postgres")
LOOK = """
@then('the database is a borrowed one')
def database_is_borrowed(context):
    from databases.client import Client
    (found,) = Client(context.settings.databases_url, context.settings.databases_token).all()
    assert found["storage_dir"].startswith("run-"), found
    assert context.target.database is None
"""
LISTS = """
  Scenario: A list
    Given Edith has started a list with "Buy milk"
    Then the database is a borrowed one
    When Edith reads "Buy milk"
"""
STILL = "  Scenario: Still\n    When time stands still\n"


@pytest.fixture
def lending(service, monkeypatch):
    """The service, and the settings of a run that borrows from it."""
    service.client("ci")
    monkeypatch.setenv("DATABASES_TOKEN", service.tokens["ci"])
    return service, (*SETTINGS, "-D", f"databases.url={service.url}")


def test_what_a_killed_run_borrowed_is_given_back_by_the_next_which_borrows_its_own(scratch: Scratch, lending, client):
    service, settings = lending
    scratch.tell(STILL, STANDS_STILL)
    process = scratch.start(*settings)
    until(process, "STANDING")
    process.kill()
    process.communicate(timeout=60)
    assert len(containers(client, service.root)) == 1
    scratch.tell(LISTS, LOOK)
    ran = scratch.behave(*settings)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 scenario passed" in ran.stdout
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    assert scratch.left_behind() == []
    assert os.environ["DATABASES_TOKEN"] not in ran.stdout + ran.stderr
