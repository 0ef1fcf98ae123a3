"""What the environment may say, and what the site answers to mistakes in it."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from superlists.configuration import (
    BASE_DIR,
    LOCAL_SECRET_KEY,
    VARIABLES,
    MailConfiguration,
    SiteConfiguration,
    read_configuration,
)
from tests.superlists.checkout import PRODUCTION


class Noting(dict):
    """An environment that notes which variables were looked at."""

    def __init__(self, *given):
        super().__init__(*given)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        self.read.add(name)
        return super().get(name, default)


@pytest.fixture
def configured(monkeypatch):
    def read(**environ):
        monkeypatch.setattr(os, "environ", Noting(environ))
        return read_configuration()

    return read


@pytest.fixture
def mistakes(configured):
    """The lines of the refusal to start, but for the first."""

    def refused(**environ):
        with pytest.raises(ImproperlyConfigured) as refusal:
            configured(**environ)
        first, *lines = str(refusal.value).splitlines()
        assert first == "The site cannot start:"
        return lines

    return refused


def test_a_developers_machine_needs_nothing_more_than_its_environment(configured):
    site = configured(SITE_ENVIRONMENT="local")
    assert (site.environment, site.testing, site.debug, site.https) == ("local", False, True, False)
    assert (site.secret_key, site.allowed_host, site.name) == (LOCAL_SECRET_KEY, "", "localhost")
    assert site.database["NAME"] == str(BASE_DIR / "db.sqlite3")
    assert site.mail == MailConfiguration(host="", port=587, user="", password="", use_tls=True, file_path="")


def test_everything_can_be_said(configured):
    site = configured(
        SITE_ENVIRONMENT="staging",
        SUPERLISTS_TESTING="1",
        SITENAME="staging",
        DJANGO_DB_PATH="/srv/lists.sqlite3",
        DJANGO_SECRET_KEY=" a key ",
        DJANGO_DEBUG_FALSE="0",
        DJANGO_ALLOWED_HOST="staging.example.com",
        DJANGO_HTTPS="yes",
        EMAIL_HOST="mail.example.com",
        EMAIL_PORT="25",
        EMAIL_HOST_USER="superlists",
        EMAIL_PASSWORD="$open {{sesame}}",
        EMAIL_USE_TLS="0",
        EMAIL_FILE_PATH="/srv/mail",
    )
    assert site == SiteConfiguration(
        environment="staging",
        testing=True,
        debug=True,
        secret_key="a key",
        allowed_host="staging.example.com",
        name="staging",
        https=True,
        database=site.database,
        mail=MailConfiguration("mail.example.com", 25, "superlists", "$open {{sesame}}", False, "/srv/mail"),
    )
    assert site.database["NAME"] == "/srv/lists.sqlite3"


@pytest.mark.parametrize("environ", [{}, {"SITE_ENVIRONMENT": ""}, {"SITE_ENVIRONMENT": "production"}])
def test_an_environment_that_is_not_named_is_production(configured, environ):
    site = configured(**PRODUCTION | {"SITE_ENVIRONMENT": ""} | environ)
    assert (site.environment, site.debug, site.name) == ("production", False, "lists.example.com")


def test_production_never_has_the_testing_app(configured):
    assert configured(**PRODUCTION, SUPERLISTS_TESTING="1").testing is False


@pytest.mark.parametrize("environment", ["local", "docker", "staging"])
def test_elsewhere_the_testing_app_has_to_be_asked_for(configured, environment):
    given = PRODUCTION | {"SITE_ENVIRONMENT": environment}
    assert configured(**given).testing is False
    assert configured(**given, SUPERLISTS_TESTING="1").testing is True
    assert configured(**given, SUPERLISTS_TESTING="0").testing is False


@pytest.mark.parametrize("environment", ["docker", "staging", "production"])
def test_only_a_developers_machine_has_debug_on_by_itself(configured, environment):
    assert configured(**PRODUCTION | {"SITE_ENVIRONMENT": environment}).debug is False


def test_production_does_not_start_with_debug_on(mistakes):
    assert mistakes(**PRODUCTION, DJANGO_DEBUG_FALSE="0") == [
        "DJANGO_DEBUG_FALSE: a production site does not start with debug on"
    ]


def test_with_debug_off_a_key_and_a_host_are_needed(mistakes):
    needed = [
        "DJANGO_ALLOWED_HOST: is not set, and with debug off it has to be",
        "DJANGO_SECRET_KEY: is not set, and with debug off it has to be",
    ]
    assert mistakes() == needed
    assert mistakes(DJANGO_ALLOWED_HOST=" ", DJANGO_SECRET_KEY="") == needed
    assert mistakes(SITE_ENVIRONMENT="local", DJANGO_DEBUG_FALSE="1") == needed


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SITE_ENVIRONMENT", "prod", "is 'prod'; allowed: local, docker, staging, production"),
        ("DJANGO_ALLOWED_HOST", "*", "names one host, such as lists.example.com"),
        ("DJANGO_ALLOWED_HOST", "a.example.com,b.example.com", "names one host, such as lists.example.com"),
        ("DJANGO_HTTPS", "perhaps", "Not a valid boolean."),
        ("EMAIL_USE_TLS", "perhaps", "Not a valid boolean."),
        ("EMAIL_PORT", "smtp", "Not a valid integer."),
        ("EMAIL_PORT", "0", "Must be greater than or equal to 1 and less than or equal to 65535."),
        ("EMAIL_PORT", "65536", "Must be greater than or equal to 1 and less than or equal to 65535."),
        ("DATABASE_URL", "mysql://edith:sesame@db/lists", "has to begin with sqlite or postgres or postgresql://"),
        ("DATABASE_URL", "edith:sesame@db/lists", "has to begin with sqlite or postgres or postgresql://"),
        (
            "DATABASE_URL",
            "postgres://edith:sesame@db:port/lists",
            "is not a database address such as postgres://USER@HOST/NAME",
        ),
    ],
)
def test_a_mistake_is_named_without_its_secrets(mistakes, name, value, said):
    told = mistakes(**PRODUCTION | {name: value})
    assert told == [f"{name}: {said}"]
    assert "sesame" not in str(told)


def test_a_database_is_named_once(mistakes):
    assert mistakes(**PRODUCTION, DATABASE_URL="sqlite:////a", DJANGO_DB_PATH="/b") == [
        "DATABASE_URL: is set as well as DJANGO_DB_PATH; keep one of them"
    ]


def test_all_mistakes_are_told_at_once(mistakes):
    told = mistakes(
        SITE_ENVIRONMENT="prod",
        DJANGO_ALLOWED_HOST="*",
        DATABASE_URL="mysql://edith:sesame@db/lists",
        DJANGO_HTTPS="perhaps",
        EMAIL_PORT="smtp",
        EMAIL_USE_TLS="perhaps",
    )
    assert {line.split(":")[0] for line in told} == {
        "SITE_ENVIRONMENT",
        "DJANGO_ALLOWED_HOST",
        "DJANGO_SECRET_KEY",
        "DATABASE_URL",
        "DJANGO_HTTPS",
        "EMAIL_PORT",
        "EMAIL_USE_TLS",
    }
    assert "sesame" not in str(told)


@pytest.mark.parametrize("port", ["1", "65535"])
def test_a_port_may_be_any_that_there_is(configured, port):
    assert configured(**PRODUCTION, EMAIL_PORT=port).mail.port == int(port)


def test_a_postgresql_address_is_taken_apart(configured):
    database = configured(**PRODUCTION, DATABASE_URL="postgres://edith:s%40same@db:5433/lists").database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("edith", "s@same", "db")
    assert (database["PORT"], database["NAME"]) == (5433, "lists")
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)


def test_an_sqlite_address_is_as_good_as_a_path(configured):
    by_url = configured(**PRODUCTION, DATABASE_URL="sqlite:////srv/lists.sqlite3").database
    assert by_url == configured(**PRODUCTION, DJANGO_DB_PATH="/srv/lists.sqlite3").database


def test_what_is_listed_is_what_is_read(configured):
    configured(SITE_ENVIRONMENT="local")
    assert os.environ.read == set(VARIABLES)
    assert len(VARIABLES) == len(set(VARIABLES))
