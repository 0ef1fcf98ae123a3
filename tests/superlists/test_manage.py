"""`manage.py` in a checkout, in a release, and as another name for behave."""

import os
import sys

import pytest

import manage
from tests.superlists.checkout import PRODUCTION, copied_to, python


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    return copied_to(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = copied_to(tmp_path_factory.mktemp("checkout"))
    (folder / ".git").mkdir()
    return folder


def test_in_a_checkout_fixtures_just_work_with_debug_on(checkout):
    assert python(checkout, "manage.py", "migrate").returncode == 0
    made = python(checkout, "manage.py", "create_session", "edith@example.com")
    assert (made.returncode, made.stderr, len(made.stdout.strip())) == (0, "", 32)
    shown = python(checkout, "manage.py", "diffsettings").stdout.splitlines()
    assert {"DEBUG = True", "SITE_ENVIRONMENT = 'local'  ###", "SUPERLISTS_TESTING = True  ###"} <= set(shown)


def test_in_a_release_nothing_is_assumed(release):
    refused = python(release, "manage.py", "migrate")
    assert refused.returncode != 0
    assert "DJANGO_SECRET_KEY: is not set" in refused.stderr
    assert not (release / "db.sqlite3").exists()


def test_production_has_no_command_that_empties_it(release):
    refused = python(release, "manage.py", "reset_site", "--site", "lists.example.com", **PRODUCTION)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Unknown command: 'reset_site'")


def test_django_has_nothing_to_warn_of_in_production(release):
    command = ["check", "--deploy", "--fail-level", "WARNING"]
    checked = python(release, "manage.py", *command, **PRODUCTION, DJANGO_HTTPS="1")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize(
    ("environ", "assumed"),
    [
        ({"SITE_ENVIRONMENT": "staging"}, {"SITE_ENVIRONMENT": "staging"}),
        ({"SUPERLISTS_TESTING": "0"}, {"SITE_ENVIRONMENT": "local", "SUPERLISTS_TESTING": "0"}),
    ],
)
def test_what_is_named_is_kept(monkeypatch, checkout, environ, assumed):
    monkeypatch.setattr(manage, "CHECKOUT", checkout)
    monkeypatch.setattr(os, "environ", environ)
    manage.assume_local_in_a_checkout()
    assert environ == assumed


@pytest.mark.parametrize("name", ["DATABASE_URL", "DJANGO_DB_PATH"])
def test_a_database_is_not_assumed_to_be_a_developers_own(checkout, tmp_path, name):
    database = {name: f"{'sqlite:///' if name == 'DATABASE_URL' else ''}{tmp_path}/servers.sqlite3"}
    refused = python(checkout, "manage.py", "migrate", **database)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} is set and SITE_ENVIRONMENT is not")
    assert f"To work on this checkout's own database, unset {name}; to work on that one" in refused.stderr
    assert not (tmp_path / "servers.sqlite3").exists()
    assert python(checkout, "manage.py", "migrate", SITE_ENVIRONMENT="local", **database).returncode == 0


def test_manage_behave_becomes_behave_but_never_on_a_database_that_is_there(monkeypatch):
    calls = []
    monkeypatch.setattr(os, "execv", lambda *call: calls.append(call))
    with pytest.raises(SystemExit, match="--use-existing-database is refused: scenarios empty the database"):
        manage.behave(["--use-existing-database"])
    manage.behave(["-D", "target=docker"])
    assert calls == [(sys.executable, [sys.executable, "-m", "behave", "-D", "target=docker"])]
