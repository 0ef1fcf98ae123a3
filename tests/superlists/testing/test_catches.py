"""Each catch alone keeps a fixture command away from data worth keeping."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from acceptance.django_app.models import Stamp
from tests.superlists.testing.conftest import ARGUMENTS, SITE, fixture_commands

pytestmark = pytest.mark.usefixtures("stamp")


@pytest.fixture
def refused(everything):
    """Run a command that has to be refused and to leave each row as it is; return why."""

    def call(*command):
        before = everything()
        with pytest.raises(CommandError, match=r"^Refused: ") as refusal:
            call_command(*command)
        assert everything() == before
        return str(refusal.value)

    return call


def test_every_fixture_command_is_tried_here():
    assert fixture_commands() == sorted(ARGUMENTS)


def test_with_all_catches_in_order_it_does_its_work(fixture_command, everything):
    before = everything()
    call_command(*fixture_command)
    # Mail is read from files: the one command that leaves the database as it is.
    assert (everything() == before) == (fixture_command[0] == "read_mail")


def test_production_has_no_fixtures(fixture_command, refused, settings):
    settings.SITE_ENVIRONMENT = "production"
    assert "there are no fixtures in the environment 'production'" in refused(*fixture_command)


def test_a_site_that_did_not_ask_for_them_has_no_fixtures(fixture_command, refused, settings):
    settings.SUPERLISTS_TESTING = False
    assert refused(*fixture_command) == (
        "Refused: there are no fixtures in the environment 'local'. They take "
        "SITE_ENVIRONMENT=local or docker or staging and SUPERLISTS_TESTING=1."
    )


@pytest.mark.parametrize("meant", ["lists.example.com", SITE.upper(), f"{SITE} ", ""])
def test_a_site_that_was_not_meant_is_not_emptied(refused, meant):
    said = refused("reset_site", "--site", meant)
    assert said == f"Refused: you mean the site {meant!r}, but this is {SITE!r}."


def test_a_site_that_was_not_named_is_not_emptied(everything):
    before = everything()
    with pytest.raises(CommandError, match="required: --site"):
        call_command("reset_site")
    assert everything() == before


def test_a_database_without_stamp_is_refused(fixture_command, refused):
    Stamp.objects.all().delete()
    said = refused(*fixture_command)
    assert f"the database is not stamped as disposable for {SITE}." in said
    assert "stamp it at a terminal: manage.py stamp_site" in said


@pytest.mark.parametrize("site", ["lists.example.com", SITE.upper(), ""])
def test_a_database_of_another_site_is_refused(fixture_command, refused, site):
    Stamp.objects.update(site=site)
    assert f"the database is stamped as disposable for {site}, not for {SITE}." in refused(*fixture_command)


def test_a_database_of_two_sites_is_refused(fixture_command, refused):
    Stamp.objects.create(site="lists.example.com")
    assert f"stamped as disposable for lists.example.com and {SITE}, not for {SITE}." in refused(*fixture_command)


def test_a_database_without_the_stamps_table_is_refused(fixture_command, refused):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE acceptance_stamp")
    assert "the database is not stamped" in refused(*fixture_command)


def test_a_database_that_does_not_answer_is_refused(fixture_command, refused, no_database, monkeypatch):
    monkeypatch.setattr("acceptance.django_app.stamp.connection", no_database)
    said = refused(*fixture_command)
    assert said == "Refused: the database does not answer: unable to open database file"


@pytest.mark.parametrize("environment", ["local", "docker", "staging"])
def test_environments_with_fixtures_have_them(fixture_command, settings, environment):
    settings.SITE_ENVIRONMENT = environment
    call_command(*fixture_command)
