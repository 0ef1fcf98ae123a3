"""What the environment may say, and what the site makes of it."""

import os

import pytest

from superlists.configuration import (
    BASE_DIR,
    LOCAL_SECRET_KEY,
    VARIABLES,
    MailConfiguration,
    SiteConfiguration,
    read_configuration,
)
from tests.superlists.checkout import PRODUCTION


def test_a_developers_machine_needs_nothing_more_than_its_environment(configured):
    site = configured(SITE_ENVIRONMENT="local")
    assert (site.environment, site.testing, site.debug, site.https) == ("local", False, True, False)
    assert (site.secret_key, site.allowed_host, site.name) == (LOCAL_SECRET_KEY, "", "localhost")
    assert site.origin == "http://localhost:8000"
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
        SITE_ORIGIN="https://staging.example.com:8443",
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
        origin="https://staging.example.com:8443",
        database=site.database,
        mail=MailConfiguration("mail.example.com", 25, "superlists", "$open {{sesame}}", False, "/srv/mail"),
    )
    assert site.database["NAME"] == "/srv/lists.sqlite3"


@pytest.mark.parametrize(
    ("environ", "origin"),
    [
        ({}, "http://lists.example.com"),
        ({"DJANGO_HTTPS": "1"}, "https://lists.example.com"),
        ({"SITE_ORIGIN": "http://Lists.example.com:80"}, "http://lists.example.com"),
        ({"SITE_ORIGIN": "https://lists.example.com"}, "https://lists.example.com"),
        ({"DJANGO_ALLOWED_HOST": "Lists.example.com"}, "http://lists.example.com"),
    ],
)
def test_the_links_of_mails_lead_to_the_host_or_where_one_says(configured, environ, origin):
    assert configured(**PRODUCTION | environ).origin == origin


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


@pytest.mark.parametrize("port", ["1", "65535"])
def test_a_port_may_be_any_that_there_is(configured, port):
    assert configured(**PRODUCTION, EMAIL_PORT=port).mail.port == int(port)


def test_a_postgresql_whose_machine_is_gone_is_given_up_within_seconds_unless_told_otherwise(configured):
    address = "postgres://edith@db/lists"
    assert configured(**PRODUCTION, DATABASE_URL=address).database["OPTIONS"] == {
        "connect_timeout": 3,
        "tcp_user_timeout": 5000,
    }
    told = configured(**PRODUCTION, DATABASE_URL=f"{address}?connect_timeout=9&sslmode=require").database["OPTIONS"]
    assert (told["connect_timeout"], told["sslmode"]) == (9, "require")


def test_a_postgresql_address_is_taken_apart(configured):
    database = configured(**PRODUCTION, DATABASE_URL="postgres://edith:s%40same@db:5433/lists").database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"], database["HOST"]) == ("edith", "s@same", "db")
    assert (database["PORT"], database["NAME"]) == (5433, "lists")
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)


def test_an_sqlite_address_is_as_good_as_a_path(configured):
    by_url = configured(**PRODUCTION, DATABASE_URL="sqlite:////srv/lists.sqlite3").database
    assert by_url == configured(**PRODUCTION, DJANGO_DB_PATH="/srv/lists.sqlite3").database


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


def test_what_is_listed_is_what_is_read(monkeypatch):
    environ = Noting({"SITE_ENVIRONMENT": "local"})
    monkeypatch.setattr(os, "environ", environ)
    read_configuration()
    assert environ.read == set(VARIABLES)
    assert len(VARIABLES) == len(set(VARIABLES))
