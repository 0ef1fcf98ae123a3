"""`stamp_site`: a person at a terminal says that a database is disposable."""

import io

import pytest
from django.core.management import CommandError, call_command

from acceptance.django_app.models import Stamp
from tests.superlists.testing.conftest import SITE


class Keyboard(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Have a person type this at a terminal."""
    return lambda line: monkeypatch.setattr("sys.stdin", Keyboard(f"{line}\n"))


@pytest.fixture(autouse=True)
def another_sites_stamp(stamp):
    Stamp.objects.update(site="lists.example.com")


def stamps():
    return [stamp.site for stamp in Stamp.objects.all()]


def test_the_right_name_stamps_the_database_for_this_site_alone(typed, run, settings):
    typed(f" {SITE} ")
    said = run("stamp_site")
    assert f"Scenarios will then EMPTY the database of {SITE} ({settings.DATABASES['default']['NAME']})." in said
    assert said.endswith(f"The database is disposable for {SITE}.")
    assert stamps() == [SITE]


def test_a_database_can_be_stamped_again(typed, run):
    for _ in range(2):
        typed(SITE)
        run("stamp_site")
    assert stamps() == [SITE]


@pytest.mark.parametrize("name", ["lists.example.com", "y", SITE.upper(), ""])
def test_another_name_changes_nothing(typed, name):
    typed(name)
    with pytest.raises(CommandError, match=f"Refused: {name!r} is not {SITE!r}. Nothing was changed."):
        call_command("stamp_site")
    assert stamps() == ["lists.example.com"]


def test_without_a_terminal_it_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SITE}\n"))
    with pytest.raises(CommandError, match="Refused: a person has to type the site's name at a terminal"):
        call_command("stamp_site")
    assert stamps() == ["lists.example.com"]


@pytest.mark.parametrize("production", [{"SITE_ENVIRONMENT": "production"}, {"SUPERLISTS_TESTING": False}])
def test_where_there_are_no_fixtures_it_is_refused(typed, settings, production):
    for name, value in production.items():
        setattr(settings, name, value)
    typed(SITE)
    with pytest.raises(CommandError, match="Refused: there are no fixtures in the environment"):
        call_command("stamp_site")
    assert stamps() == ["lists.example.com"]


def test_who_closes_the_terminal_changes_nothing(monkeypatch):
    monkeypatch.setattr("sys.stdin", Keyboard(""))
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("stamp_site")
