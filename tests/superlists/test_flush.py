"""What removes all data is refused where the data is not disposable."""

import fcntl
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.core.management import call_command

from acceptance.django_app.models import Stamp
from superlists.lists.models import List
from tests.sqlite_statements import sql
from tests.superlists.checkout import PRODUCTION, copied_to, python


@pytest.mark.django_db(transaction=True)
def test_the_suites_own_database_in_memory_needs_no_stamp():
    Stamp.objects.all().delete()
    List.objects.create()
    call_command("flush", interactive=False)
    assert List.objects.count() == 0


# On real files from here on: what is in memory is the suite's own.

FLUSH, UNAPPLY = ("flush", "--no-input"), ("migrate", "lists", "zero", "--no-input")
ENVIRONMENTS = {
    name: PRODUCTION | {"SITE_ENVIRONMENT": name, "SUPERLISTS_TESTING": "1", "SITENAME": "localhost"}
    for name in ("local", "docker", "staging", "production")
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = copied_to(tmp_path_factory.mktemp("checkout"))
    assert python(folder, "manage.py", "migrate", **ENVIRONMENTS["local"]).returncode == 0
    sql(folder / "db.sqlite3", "INSERT INTO lists_list (id, created_at) VALUES ('1', '2026-11-21')")
    return folder


@pytest.fixture
def database(checkout, tmp_path):
    """A site's database that bears the stamp of localhost."""
    return Path(shutil.copy(checkout / "db.sqlite3", tmp_path / "lists.sqlite3"))


@pytest.fixture
def manage(checkout, database):
    """Run a command on it in an environment."""

    def run(environment, *command):
        return python(checkout, "manage.py", *command, **ENVIRONMENTS[environment], DJANGO_DB_PATH=str(database))

    return run


def lists(database):
    return len(sql(database, "SELECT * FROM lists_list"))


UNSTAMPED = "DELETE FROM acceptance_stamp"
OF_ANOTHER_SITE = "UPDATE acceptance_stamp SET site = 'lists.example.com'"


@pytest.mark.parametrize(
    ("environment", "foreign", "command"),
    [
        ("local", UNSTAMPED, FLUSH),
        ("docker", UNSTAMPED, UNAPPLY),
        ("staging", OF_ANOTHER_SITE, FLUSH),
    ],
)
def test_a_database_without_this_sites_stamp_keeps_its_rows_in_every_environment(
    manage, database, environment, foreign, command
):
    sql(database, foreign)
    refused = manage(environment, *command)
    assert (refused.returncode, lists(database)) == (1, 1)
    assert re.match("CommandError: Refused: the database is (not )?stamped as disposable for ", refused.stderr)


@pytest.mark.parametrize("command", [FLUSH, UNAPPLY])
def test_production_keeps_its_rows_even_with_a_stamp(manage, database, command):
    refused = manage("production", *command)
    assert (refused.returncode, lists(database)) == (1, 1)
    assert refused.stderr == "CommandError: Refused: the database of a production site is not emptied.\n"


def test_a_disposable_database_is_emptied(manage, database):
    assert manage("staging", *FLUSH).returncode == 0
    assert lists(database) == 0


def test_migrations_of_a_disposable_database_are_unapplied(manage, database):
    assert manage("local", *UNAPPLY).returncode == 0
    with pytest.raises(sqlite3.OperationalError, match="no such table: lists_list"):
        lists(database)


def test_a_foreign_database_is_migrated_forwards(manage, database):
    sql(database, UNSTAMPED)
    assert manage("production", "migrate", "--no-input").returncode == 0
    assert lists(database) == 1


def test_what_somebody_is_at_work_on_is_not_emptied(manage, database):
    with Path(f"{database}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        refused = manage("local", *FLUSH)
    assert (refused.returncode, lists(database)) == (1, 1)
    assert "Refused: the database is in use by another process." in refused.stderr
