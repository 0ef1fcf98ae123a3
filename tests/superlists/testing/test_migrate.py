"""`migrate` stamps a local database that it made itself, and no other."""

import pytest
from django.core.management import call_command
from django.db import connections

from acceptance.django_app.models import Stamp


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """The name of a database that is not there yet; it differs, for the app remembers names."""
    name = tmp_path.name
    connections.settings[name] = connections["default"].settings_dict | {"NAME": tmp_path / "new.sqlite3"}
    with django_db_blocker.unblock():
        yield name
        connections[name].close()
    del connections[name], connections.settings[name]


@pytest.fixture
def migrate(database):
    """Run migrate on it; return its stamps."""

    def run(*arguments):
        call_command("migrate", *arguments, database=database, verbosity=0)
        made = Stamp._meta.db_table in connections[database].introspection.table_names()
        return [stamp.site for stamp in Stamp.objects.using(database)] if made else []

    return run


def test_a_new_local_database_is_stamped(migrate, settings):
    assert migrate() == [settings.SITENAME]


def test_a_stamp_is_set_once(migrate, settings):
    migrate()
    assert migrate() == [settings.SITENAME]


@pytest.mark.parametrize("environment", ["docker", "staging", "production"])
def test_elsewhere_a_new_database_is_not_stamped(migrate, settings, environment):
    settings.SITE_ENVIRONMENT = environment
    assert migrate() == []


def test_a_database_that_held_something_is_not_stamped(migrate, database):
    with connections[database].cursor() as cursor:
        cursor.execute("CREATE TABLE worth_keeping (id INTEGER)")
    assert migrate() == []


def test_a_database_on_a_server_is_stamped_by_a_person_only(migrate, database, monkeypatch):
    monkeypatch.setattr(type(connections[database]), "vendor", "postgresql")
    assert migrate() == []


def test_a_stamp_that_was_taken_away_does_not_come_back(migrate, database):
    migrate()
    Stamp.objects.using(database).all().delete()
    assert migrate() == []


def test_a_database_made_in_two_runs_was_not_empty_at_the_second(migrate):
    assert migrate("accounts") == []
    assert migrate("acceptance") == []
