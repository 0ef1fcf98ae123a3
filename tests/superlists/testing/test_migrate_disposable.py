"""`migrate_disposable` makes a database from nothing and stamps it; any other it leaves as it is."""

import sqlite3

import pytest
from django.core.management import CommandError, call_command

from acceptance.django_app.models import Stamp
from tests.superlists.checkout import PRODUCTION, copied_to, python

SERVER = PRODUCTION | {"SITE_ENVIRONMENT": "docker", "SUPERLISTS_TESTING": "1"}
BROKEN = """
from django.db import migrations

def fail(*_):
    raise RuntimeError("oh dear")

class Migration(migrations.Migration):
    # After the stamp's own table, and thus as late as can be.
    dependencies = [("acceptance", "0001_initial"), ("lists", "0001_initial")]
    operations = [migrations.RunPython(fail)]
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new.sqlite3"


@pytest.fixture
def run_on(checkout, path):
    """Run a command of a server's site on the database at `path`."""
    return lambda *command, **environ: python(
        checkout, "manage.py", *command, **SERVER | {"DJANGO_DB_PATH": str(path)} | environ
    )


def rows(path, query):
    database = sqlite3.connect(path)
    try:
        return database.execute(query).fetchall()
    finally:
        database.close()


def tables(path):
    return {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_an_empty_database_is_migrated_and_stamped(run_on, path):
    made = run_on("migrate_disposable")
    said = "The database is made, and disposable for lists.example.com.\n"
    assert (made.returncode, made.stderr) == (0, "")
    # Each migration is named, so that one that fails is known.
    assert "Applying lists.0001_initial... OK" in made.stdout
    assert made.stdout.endswith(said)
    assert rows(path, "SELECT site FROM acceptance_stamp") == [("lists.example.com",)]
    assert run_on("migrate", "--check").returncode == 0
    assert run_on("create_session", "edith@example.com").returncode == 0


def test_a_local_database_which_migrate_stamps_anyway_is_stamped_once(run_on, path):
    assert run_on("migrate_disposable", SITE_ENVIRONMENT="local").returncode == 0
    assert rows(path, "SELECT site FROM acceptance_stamp") == [("lists.example.com",)]


def test_a_database_that_it_made_itself_is_no_longer_empty(run_on, path):
    run_on("migrate_disposable")
    before = path.read_bytes()
    refused = run_on("migrate_disposable")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(
        f"CommandError: Refused: the database is not empty, it has {len(tables(path)) - 1}"
    )
    assert path.read_bytes() == before


def test_a_database_with_a_table_of_anyones_is_refused_and_left_as_it_is(run_on, path):
    rows(path, "CREATE TABLE worth_keeping (id INTEGER)")
    refused = run_on("migrate_disposable")
    assert refused.returncode == 1
    assert refused.stderr == (
        "CommandError: Refused: the database is not empty, it has 1 tables. "
        "To keep it, run manage.py migrate; if nothing in it is worth keeping, manage.py stamp_site\n"
    )
    assert tables(path) == {"worth_keeping"}


def test_a_migrated_database_gets_no_stamp_from_it(everything):
    Stamp.objects.all().delete()
    before = everything()
    with pytest.raises(CommandError, match="Refused: the database is not empty"):
        call_command("migrate_disposable")
    assert everything() == before


@pytest.mark.parametrize("environ", [{"SITE_ENVIRONMENT": "production"}, {"SUPERLISTS_TESTING": ""}])
def test_where_there_are_no_fixtures_there_is_no_such_command(run_on, path, environ):
    refused = run_on("migrate_disposable", **environ)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Unknown command: 'migrate_disposable'")
    assert not path.exists()


@pytest.mark.parametrize("catch", [{"SITE_ENVIRONMENT": "production"}, {"SUPERLISTS_TESTING": False}])
def test_settings_that_do_not_ask_for_fixtures_refuse_it_too(settings, catch):
    # Without leave to use a database, it would fail otherwise if it looked at one first.
    for name, value in catch.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match="Refused: there are no fixtures in the environment"):
        call_command("migrate_disposable")


def test_a_migration_that_fails_leaves_no_stamp(tmp_path, path):
    folder = copied_to(tmp_path / "site")
    (folder / "superlists" / "lists" / "migrations" / "0002_broken.py").write_text(BROKEN)
    failed = python(folder, "manage.py", "migrate_disposable", **SERVER, DJANGO_DB_PATH=str(path))
    assert failed.returncode == 1
    assert failed.stderr.endswith("RuntimeError: oh dear\n")
    assert rows(path, "SELECT * FROM acceptance_stamp") == []
