"""How the site starts: by `manage.py` in a checkout and in a release, and by a web server."""

import os

import pytest

import manage
from tests.sqlite_statements import sql
from tests.superlists.checkout import PRODUCTION, SITE, copied_to, python

IMPORT = ("-c", "import superlists.wsgi")
LOCAL = {"SITE_ENVIRONMENT": "local"}


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


def test_django_has_nothing_to_warn_of_in_production(release):
    command = ["check", "--deploy", "--fail-level", "WARNING"]
    checked = python(release, "manage.py", *command, **PRODUCTION, DJANGO_HTTPS="1")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (2 silenced).\n"


def test_what_is_named_is_kept(monkeypatch, checkout):
    monkeypatch.setattr(manage, "CHECKOUT", checkout)
    for named, assumed in (({"SITE_ENVIRONMENT": "staging"}, {}), ({"SUPERLISTS_TESTING": "0"}, LOCAL)):
        environ = dict(named)
        monkeypatch.setattr(os, "environ", environ)
        manage.assume_local_in_a_checkout()
        assert environ == named | assumed


@pytest.mark.parametrize("name", ["DATABASE_URL", "DJANGO_DB_PATH"])
def test_a_database_is_not_assumed_to_be_a_developers_own(checkout, tmp_path, name):
    database = {name: f"{'sqlite:///' if name == 'DATABASE_URL' else ''}{tmp_path}/servers.sqlite3"}
    refused = python(checkout, "manage.py", "migrate", **database)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name} is set and SITE_ENVIRONMENT is not")
    assert f"To work on this checkout's own database, unset {name}; to work on that one" in refused.stderr
    assert not (tmp_path / "servers.sqlite3").exists()
    assert python(checkout, "manage.py", "migrate", SITE_ENVIRONMENT="local", **database).returncode == 0


def test_manage_behave_never_runs_on_a_database_that_is_there():
    with pytest.raises(SystemExit, match="--use-existing-database is refused: scenarios empty the database"):
        manage.behave(["--use-existing-database"])


def test_to_a_web_server_an_environment_that_is_not_named_is_production(checkout):
    refused = python(checkout, *IMPORT)
    assert refused.returncode != 0
    assert refused.stderr.splitlines()[-3:] == [
        "django.core.exceptions.ImproperlyConfigured: The site cannot start:",
        "DJANGO_ALLOWED_HOST: is not set, and with debug off it has to be",
        "DJANGO_SECRET_KEY: is not set, and with debug off it has to be",
    ]


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_a_production_process_ends_at_the_sight_of_a_stamp(tmp_path, environment):
    site = PRODUCTION | {"SITE_ENVIRONMENT": environment, "DJANGO_DB_PATH": str(tmp_path / "lists.sqlite3")}
    assert python(SITE, *IMPORT, **site).returncode == 0
    sql(tmp_path / "lists.sqlite3", "CREATE TABLE acceptance_stamp AS SELECT 'staging.example.com' AS site")
    ran = python(SITE, *IMPORT, **site)
    assert (ran.returncode != 0) == (environment == "production")
    assert ("stamped as disposable for staging.example.com" in ran.stderr) == (environment == "production")
