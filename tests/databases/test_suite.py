"""Runs of the suite on databases that the service lends."""

import os
import signal

import pytest

from acceptance.targets import database_lease
from acceptance.targets.container import LendingService
from acceptance.targets.database_lease import DatabaseLease
from acceptance.targets.run_resources import RunResources
from tests.databases.service import PASSWORD, containers, directories, rows, write_rows
from tests.runs.conftest import Scratch, scratch
from tests.runs.test_container_target import STANDS_STILL, until

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


def test_a_run_that_is_told_to_end_gives_its_database_back(scratch: Scratch, lending, client):
    service, settings = lending
    scratch.tell(STILL, STANDS_STILL)
    process = scratch.start(*settings)
    until(process, "STANDING")
    assert len(containers(client, service.root)) == 1
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=120)
    assert (containers(client, service.root), directories(service.root)) == ([], [])
    assert scratch.left_behind() == []


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


def test_a_persons_own_database_is_no_dead_runs_whatever_its_name_and_age(service, edith, client, monkeypatch):
    monkeypatch.setattr(database_lease, "LONGEST_RUN_S", -1)
    mine = edith.make("run-of-the-mill", PASSWORD)
    write_rows(mine, "Buy milk")
    edith.make("run-0123456789ab", PASSWORD)
    resources = RunResources(client)
    lending = LendingService(service.url, service.tokens["edith"])
    DatabaseLease(lending, service.url, resources).give_back_orphans()
    resources.remove()
    assert [found["storage_dir"] for found in edith.all()] == ["run-of-the-mill"]
    assert rows(mine) == ["Buy milk"]


def test_a_service_that_is_away_is_told_before_anything_is_begun(scratch: Scratch, monkeypatch):
    monkeypatch.setenv("DATABASES_TOKEN", "some-token")
    ran = scratch.behave(*SETTINGS, "-D", "databases.url=http://127.0.0.1:1")
    assert ran.returncode == 2
    assert "The site did not start in a container: No service of databases answers at http://127.0.0.1:1" in ran.stderr
    assert scratch.left_behind() == []
