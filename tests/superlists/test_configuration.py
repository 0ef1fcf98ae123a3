"""What the environment may say, what the site makes of it, and which mistakes keep it from starting."""

import os
import re
import runpy
import sqlite3
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

from superlists.configuration import VARIABLES
from tests.superlists.checkout import PRODUCTION, SITE

NO_ORIGIN = "is not scheme, host and port alone, such as https://lists.example.com or http://localhost:8888"
ONE_HOST = "names one host, such as lists.example.com"
ANOTHER_HOST = "leads to localhost, and the site answers to lists.example.com alone; see DJANGO_ALLOWED_HOST"
NO_SCHEME = "has to begin with sqlite or postgres or postgresql://"
NO_ADDRESS = "is not a database address such as postgres://USER@HOST/NAME"
OFF = "is not set, and with debug off it has to be"
BACKENDS = "django.core.mail.backends"
MAIL = {"EMAIL_HOST": "mail.example.com", "EMAIL_HOST_USER": "edith@example.com", "EMAIL_PASSWORD": "$open {{sesame}}"}


@pytest.fixture
def settings_for(monkeypatch):
    """Django's settings, as they follow from these variables and no others."""

    def read(**environ):
        monkeypatch.setattr(os, "environ", environ)
        return runpy.run_path(str(SITE / "superlists" / "settings.py"))

    return read


HERE = {"DEBUG": True, "SITE_ORIGIN": "http://localhost:8000", "EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
IN_PRODUCTION = {"SITE_ENVIRONMENT": "production", "DEBUG": False, "SUPERLISTS_TESTING": False}
NO_REPLY = "noreply@lists.example.com"
PORT, NO_TLS = {"EMAIL_PORT": "65535"}, {"EMAIL_USE_TLS": "0"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        # An environment that is not named is production, and that has no fixtures.
        *((environ, IN_PRODUCTION) for environ in ({"SITE_ENVIRONMENT": ""}, {"SUPERLISTS_TESTING": "1"})),
        *(({"SITE_ENVIRONMENT": name}, {"SUPERLISTS_TESTING": False}) for name in ("local", "docker", "staging")),
        ({"SITE_ENVIRONMENT": "staging", "SUPERLISTS_TESTING": "1"}, {"SUPERLISTS_TESTING": True, "DEBUG": False}),
        ({}, {"SITE_ORIGIN": "http://lists.example.com", "DEFAULT_FROM_EMAIL": NO_REPLY}),
        ({"SITENAME": "lists"}, {"SITENAME": "lists", "DEFAULT_FROM_EMAIL": "noreply@lists"}),
        ({"DJANGO_HTTPS": "1"}, {"SITE_ORIGIN": "https://lists.example.com"}),
        ({"DJANGO_ALLOWED_HOST": "Lists.example.com"}, {"SITE_ORIGIN": "http://lists.example.com"}),
        ({"SITE_ORIGIN": "http://Lists.example.com:80"}, {"SITE_ORIGIN": "http://lists.example.com"}),
        ({"SITE_ORIGIN": "https://lists.example.com:8443"}, {"SITE_ORIGIN": "https://lists.example.com:8443"}),
        ({}, {"EMAIL_BACKEND": "superlists.accounts.mail.UnsetBackend"}),
        (MAIL, {"EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend", "EMAIL_HOST_PASSWORD": "$open {{sesame}}"}),
        (MAIL, {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True, "EMAIL_TIMEOUT": 10}),
        (MAIL | PORT | NO_TLS, {"EMAIL_PORT": 65535, "EMAIL_USE_TLS": False}),
        ({}, {"ALLOWED_HOSTS": ["lists.example.com"]}),
        (MAIL, {"DEFAULT_FROM_EMAIL": "edith@example.com"}),
        (MAIL | {"EMAIL_HOST_USER": "edith"}, {"DEFAULT_FROM_EMAIL": NO_REPLY}),
        (MAIL | {"EMAIL_FILE_PATH": "/mail"}, {"EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend"}),
    ],
)
def test_settings_follow_from_the_environment(settings_for, environ, expected):
    read = settings_for(**PRODUCTION | environ)
    assert {name: read[name] for name in expected} == expected


def test_a_checkout_needs_nothing_but_the_word_that_it_is_local(settings_for):
    read = settings_for(SITE_ENVIRONMENT="local")
    assert {name: read[name] for name in HERE} == HERE


@pytest.mark.parametrize("testing", ["0", "1"])
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_app_of_the_fixtures_is_installed_where_it_was_asked_for_and_never_in_production(
    settings_for, environment, testing
):
    read = settings_for(**PRODUCTION | {"SITE_ENVIRONMENT": environment, "SUPERLISTS_TESTING": testing})
    installed = " ".join(read["INSTALLED_APPS"] + read["MIDDLEWARE"])
    wanted = (environment, testing) == ("staging", "1")
    assert ("superlists.testing" in installed, "acceptance" in installed) == (wanted, wanted)


def test_with_https_browsers_are_kept_to_it_and_without_nothing_is_said_of_it(settings_for):
    read = settings_for(**PRODUCTION, DJANGO_HTTPS="1")
    assert read["SECURE_SSL_REDIRECT"] is read["SESSION_COOKIE_SECURE"] is read["CSRF_COOKIE_SECURE"] is True
    # Browsers cannot be told to forget it: little is promised until somebody asks for more.
    assert hsts(read) == (24 * 60 * 60, False, False)
    asked = {"DJANGO_HSTS_SECONDS": "31536000", "DJANGO_HSTS_SUBDOMAINS": "1", "DJANGO_HSTS_PRELOAD": "1"}
    assert hsts(settings_for(**PRODUCTION | asked, DJANGO_HTTPS="1")) == (31536000, True, True)
    assert hsts(settings_for(**PRODUCTION, DJANGO_HSTS_SECONDS="0", DJANGO_HTTPS="1"))[0] == 0
    assert read["SECURE_SSL_HOST"] == "lists.example.com"
    assert read["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    plain = {name for name in settings_for(**PRODUCTION) if name.startswith("SECURE_") or "_COOKIE_SECURE" in name}
    assert plain == {"SECURE_REFERRER_POLICY"}


def hsts(read):
    return tuple(read[f"SECURE_HSTS_{name}"] for name in ("SECONDS", "INCLUDE_SUBDOMAINS", "PRELOAD"))


def test_databases_are_named_by_an_address_or_a_path(settings_for):
    address = "postgres://edith:s%40same@db:5433/lists"

    def database_of(**environ):
        return settings_for(**environ)["DATABASES"]["default"]

    database = database_of(**PRODUCTION, DATABASE_URL=f"{address}?connect_timeout=9&sslmode=require")
    assert (database["ENGINE"], database["USER"]) == ("django.db.backends.postgresql", "edith")
    assert (database["PASSWORD"], database["HOST"], database["PORT"]) == ("s@same", "db", 5433)
    assert (database["NAME"], database["CONN_HEALTH_CHECKS"]) == ("lists", True)
    # One whose machine is gone is given up within seconds, unless told otherwise.
    assert database["OPTIONS"] == {"connect_timeout": 9, "tcp_user_timeout": 5000, "sslmode": "require"}
    assert database_of(**PRODUCTION, DATABASE_URL=address)["OPTIONS"]["connect_timeout"] == 3
    by_path = database_of(**PRODUCTION, DJANGO_DB_PATH="/srv/lists.sqlite3")
    assert by_path["NAME"] == "/srv/lists.sqlite3"
    assert database_of(**PRODUCTION, DATABASE_URL="sqlite:////srv/lists.sqlite3") == by_path
    assert database_of(SITE_ENVIRONMENT="local")["NAME"] == str(SITE / "db.sqlite3")


@pytest.mark.parametrize(
    ("environ", "mistake"),
    [
        ({"SITE_ENVIRONMENT": "prod"}, "is 'prod'; allowed: local, docker, staging, production"),
        *(({"DJANGO_ALLOWED_HOST": host}, ONE_HOST) for host in ("*", "a.b,b.c", ".a.b", "https://a", "a:8000")),
        ({"DJANGO_HTTPS": "perhaps"}, "Not a valid boolean."),
        *(({"SITE_ORIGIN": origin}, NO_ORIGIN) for origin in ("a.b", "https://a.b/", "https://a.b:65536")),
        ({"SITE_ORIGIN": "https://edith:sesame@lists.example.com"}, NO_ORIGIN),
        ({"SITE_ORIGIN": "http://localhost:8888"}, ANOTHER_HOST),
        (
            {"SITE_ORIGIN": "http://lists.example.com", "DJANGO_HTTPS": "1"},
            "begins with http://, and DJANGO_HTTPS is on",
        ),
        ({"EMAIL_PORT": "smtp"}, "Not a valid integer."),
        *(({"EMAIL_PORT": port}, "Must be greater than or equal to 1 and less than") for port in ("0", "65536")),
        ({"DJANGO_HSTS_SECONDS": "-1"}, "Must be greater than or equal to 0 and less than or equal to 63072000."),
        *(({"DATABASE_URL": f"{way}edith:sesame@db/lists"}, NO_SCHEME) for way in ("mysql://", "")),
        ({"DATABASE_URL": "postgres://edith:sesame@db:port/lists"}, NO_ADDRESS),
        ({"DATABASE_URL": "postgres://edith:sesame@db/"}, "names no database; such as postgres://USER@HOST/NAME"),
        (
            {"DATABASE_URL": "sqlite:////a", "DJANGO_DB_PATH": "/b"},
            "is set as well as DJANGO_DB_PATH; keep one of them",
        ),
        ({"DJANGO_DEBUG_FALSE": "0"}, "a production site does not start with debug on"),
    ],
)
def test_each_mistake_is_told_without_secrets(settings_for, environ, mistake):
    with pytest.raises(
        ImproperlyConfigured, match=f"^The site cannot start:\n[A-Z_]+: {re.escape(mistake)}"
    ) as refusal:
        settings_for(**PRODUCTION | environ)
    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize(
    ("environ", "mistakes"),
    [
        *(({}, [OFF, OFF]), ({"DJANGO_ALLOWED_HOST": " ", "DJANGO_SECRET_KEY": ""}, [OFF, OFF])),
        ({"SITE_ENVIRONMENT": "local", "DJANGO_DEBUG_FALSE": "1"}, [OFF, OFF]),
        # One that cannot be read hides no other.
        ({"DJANGO_DEBUG_FALSE": "perhaps"}, [OFF, OFF, "Not a valid boolean."]),
    ],
)
def test_all_mistakes_are_told_at_once(settings_for, environ, mistakes):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_for(**environ)
    told = dict(line.split(": ", 1) for line in str(refusal.value).splitlines()[1:])
    assert (list(told.values()), set(told) <= set(VARIABLES)) == (mistakes, True)


def test_sqlite_is_as_several_workers_need_it(settings_for, tmp_path, db):
    path = tmp_path / "lists.sqlite3"
    database = ConnectionHandler(settings_for(**PRODUCTION, DJANGO_DB_PATH=str(path))["DATABASES"])["default"]
    with database.cursor() as cursor:
        for name, expected in (("journal_mode", "wal"), ("synchronous", 1), ("busy_timeout", 20_000)):
            assert cursor.execute(f"PRAGMA {name}").fetchone()[0] == expected
    another_worker = sqlite3.connect(Path(path), timeout=0, isolation_level=None)
    # A transaction holds the write lock from its start.
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with pytest.raises(sqlite3.OperationalError, match="database is locked"):
        another_worker.execute("BEGIN IMMEDIATE")
    database.rollback()
    database.close()
    another_worker.close()
