"""Each catch alone keeps a fixture command away from data worth keeping."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from acceptance.django_app.app_settings import app_settings
from acceptance.django_app.fixture_command import fixture_commands
from acceptance.django_app.models import Stamp
from tests.acceptance.django_app.conftest import ARGUMENTS, SITE

pytestmark = pytest.mark.usefixtures("stamp")
FOR_A_PERSON = [("stamp_site",), ("migrate_disposable",), ("serve_fixtures",)]


def test_every_fixture_command_is_tried_here():
    assert sorted(fixture_commands()) == sorted(ARGUMENTS)


@pytest.mark.parametrize("environment", ["local", "docker", "staging"])
def test_with_all_catches_in_order_it_does_its_work(fixture_command, everything, acceptance, environment):
    acceptance(environment=environment)
    before = everything()
    call_command(*fixture_command)
    # Mail is read from files: the one command that leaves the database as it is.
    assert (everything() == before) == (fixture_command[0] == "read_mail")


@pytest.mark.parametrize(
    ("catch", "named"), [({"environment": "production"}, "production"), ({"fixtures": False}, "local")]
)
def test_production_and_a_site_that_did_not_ask_for_them_have_no_fixtures(
    fixture_command, refused, acceptance, catch, named
):
    acceptance(**catch)
    for command in (fixture_command, *FOR_A_PERSON):
        assert f"there are no fixtures in the environment {named!r}" in refused(*command)


def test_what_settings_do_not_say_is_as_in_production(settings):
    settings.ACCEPTANCE = {"site": SITE}
    assert (app_settings().is_disposable, app_settings().fixtures) == (False, False)


@pytest.mark.parametrize("said", [{}, {"site": SITE, "fixture": True}, None])
def test_settings_that_cannot_be_meant_are_told_with_those_that_can(settings, said):
    settings.ACCEPTANCE = said
    with pytest.raises(ImproperlyConfigured, match="allowed: site, environment, fixtures, disposable_environments"):
        app_settings()


@pytest.mark.parametrize("name", ["lists.example.com", SITE.upper(), f"{SITE} ", ""])
def test_a_site_that_was_not_meant_is_not_emptied(refused, name):
    assert refused("reset_site", "--site", name) == f"Refused: you mean the site {name!r}, but this is {SITE!r}."


def test_a_database_without_stamp_is_refused(fixture_command, refused):
    Stamp.objects.all().delete()
    reason = refused(*fixture_command)
    assert f"the database is not stamped as disposable for {SITE}." in reason
    assert "stamp it at a terminal: manage.py stamp_site" in reason


@pytest.mark.parametrize("site", ["lists.example.com", SITE.upper(), ""])
def test_a_database_of_another_site_or_of_two_is_refused(fixture_command, refused, site):
    Stamp.objects.update(site=site)
    assert f"the database is stamped as disposable for {site}, not for {SITE}." in refused(*fixture_command)
    Stamp.objects.create(site=SITE)
    assert f", not for {SITE}." in refused(*fixture_command)


def test_a_database_without_the_stamps_table_is_refused(fixture_command, refused):
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE acceptance_stamp")
    assert "the database is not stamped" in refused(*fixture_command)


def test_a_database_that_does_not_answer_is_refused(fixture_command, refused, no_database, monkeypatch):
    monkeypatch.setattr("acceptance.django_app.guard.connection", no_database)
    assert refused(*fixture_command) == "Refused: the database does not answer: unable to open database file"
