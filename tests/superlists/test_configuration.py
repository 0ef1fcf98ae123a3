"""What the environment may say, what the site makes of it, and which mistakes keep it from starting."""

import os
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
PLAIN = {"SITE_ORIGIN": "http://lists.example.com"}
NO_SCHEME = "has to begin with sqlite or postgres or postgresql://"
NO_NAME = "names no database; such as postgres://USER@HOST/NAME"
TWO_DATABASES = "is set as well as DJANGO_DB_PATH; keep one of them"
NO_ADDRESS = "is not a database address such as postgres://USER@HOST/NAME"
A_PORT = "Must be greater than or equal to 1 and less than or equal to 65535."
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


LOCAL_SITE = {"DEBUG": True, "SITENAME": "localhost", "SITE_ORIGIN": "http://localhost:8000"}
PRODUCTION_SITE = {
    "SITE_ENVIRONMENT": "production",
    "DEBUG": False,
    "SITENAME": "lists.example.com",
    "SITE_ORIGIN": "http://lists.example.com",
    "DEFAULT_FROM_EMAIL": "noreply@lists.example.com",
}
BY_SMTP = {"EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend", "EMAIL_HOST_PASSWORD": "$open {{sesame}}"}


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"SITE_ENVIRONMENT": "local"}, LOCAL_SITE | {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}),
        # An environment that is not named is production, and that has no fixtures.
        (PRODUCTION | {"SITE_ENVIRONMENT": ""}, PRODUCTION_SITE),
        (PRODUCTION | {"SUPERLISTS_TESTING": "1"}, PRODUCTION_SITE | {"SUPERLISTS_TESTING": False}),
        *(
            (
                PRODUCTION | {"SITE_ENVIRONMENT": name, "SUPERLISTS_TESTING": testing},
                {"SUPERLISTS_TESTING": bool(testing)},
            )
            for name in ("local", "docker", "staging")
            for testing in ("", "1")
        ),
        (PRODUCTION | {"SITENAME": "lists"}, {"SITENAME": "lists", "DEFAULT_FROM_EMAIL": "noreply@lists"}),
        (PRODUCTION | {"DJANGO_HTTPS": "1"}, {"SITE_ORIGIN": "https://lists.example.com"}),
        (PRODUCTION | {"DJANGO_ALLOWED_HOST": "Lists.example.com"}, {"SITE_ORIGIN": "http://lists.example.com"}),
        *(
            (PRODUCTION | {"SITE_ORIGIN": said}, {"SITE_ORIGIN": meant})
            for said, meant in (
                ("http://Lists.example.com:80", "http://lists.example.com"),
                ("https://lists.example.com:8443", "https://lists.example.com:8443"),
            )
        ),
        (PRODUCTION, {"EMAIL_BACKEND": "superlists.accounts.mail.UnsetBackend"}),
        (PRODUCTION | MAIL, BY_SMTP | {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True, "EMAIL_TIMEOUT": 10}),
        (
            PRODUCTION | MAIL | {"EMAIL_PORT": "65535", "EMAIL_USE_TLS": "0"},
            {"EMAIL_PORT": 65535, "EMAIL_USE_TLS": False},
        ),
        (PRODUCTION | MAIL, {"DEFAULT_FROM_EMAIL": "edith@example.com"}),
        (PRODUCTION | MAIL | {"EMAIL_HOST_USER": "edith"}, {"DEFAULT_FROM_EMAIL": "noreply@lists.example.com"}),
        (PRODUCTION | MAIL | {"EMAIL_FILE_PATH": "/mail"}, {"EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend"}),
    ],
)
def test_settings_follow_from_the_environment(settings_for, environ, expected):
    read = settings_for(**environ)
    assert {name: read[name] for name in expected} == expected


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
    ("environ", "expected"),
    [
        (PRODUCTION | {"SITE_ENVIRONMENT": "prod"}, ["is 'prod'; allowed: local, docker, staging, production"]),
        *(
            (PRODUCTION | {"DJANGO_ALLOWED_HOST": host}, [ONE_HOST])
            for host in ("*", "a.b,b.c", ".a.b", "https://a", "a:8000")
        ),
        (PRODUCTION | {"DJANGO_HTTPS": "perhaps"}, ["Not a valid boolean."]),
        *(
            (PRODUCTION | {"SITE_ORIGIN": origin}, [NO_ORIGIN])
            for origin in ("a.b", "https://a.b/", "https://a.b:65536")
        ),
        (PRODUCTION | {"SITE_ORIGIN": "https://edith:sesame@lists.example.com"}, [NO_ORIGIN]),
        (PRODUCTION | {"SITE_ORIGIN": "http://localhost:8888"}, [ANOTHER_HOST]),
        (PRODUCTION | PLAIN | {"DJANGO_HTTPS": "1"}, ["begins with http://, and DJANGO_HTTPS is on"]),
        (PRODUCTION | {"EMAIL_PORT": "smtp"}, ["Not a valid integer."]),
        *((PRODUCTION | {"EMAIL_PORT": port}, [A_PORT]) for port in ("0", "65536")),
        (PRODUCTION | {"DJANGO_HSTS_SECONDS": "-1"}, [A_PORT.replace("1 and", "0 and").replace("65535", "63072000")]),
        *((PRODUCTION | {"DATABASE_URL": f"{way}edith:sesame@db/lists"}, [NO_SCHEME]) for way in ("mysql://", "")),
        (PRODUCTION | {"DATABASE_URL": "postgres://edith:sesame@db:port/lists"}, [NO_ADDRESS]),
        (PRODUCTION | {"DATABASE_URL": "postgres://edith:sesame@db/"}, [NO_NAME]),
        (PRODUCTION | {"DATABASE_URL": "sqlite:////a", "DJANGO_DB_PATH": "/b"}, [TWO_DATABASES]),
        ({}, [OFF, OFF]),
        ({"DJANGO_ALLOWED_HOST": " ", "DJANGO_SECRET_KEY": ""}, [OFF, OFF]),
        ({"SITE_ENVIRONMENT": "local", "DJANGO_DEBUG_FALSE": "1"}, [OFF, OFF]),
        # One that cannot be read hides no other.
        ({"DJANGO_DEBUG_FALSE": "perhaps"}, [OFF, OFF, "Not a valid boolean."]),
    ],
)
def test_mistakes_are_told_all_at_once_without_secrets(settings_for, environ, expected):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_for(**environ)
    first, *mistakes = str(refusal.value).splitlines()
    assert first == "The site cannot start:"
    assert [mistake.partition(": ")[2] for mistake in mistakes] == expected
    assert {mistake.partition(": ")[0] for mistake in mistakes} <= set(VARIABLES)
    assert "sesame" not in str(refusal.value)


def test_production_does_not_start_with_debug_on(settings_for):
    with pytest.raises(ImproperlyConfigured, match="DEBUG_FALSE: a production site does not start with debug on"):
        settings_for(**PRODUCTION, DJANGO_DEBUG_FALSE="0")


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
