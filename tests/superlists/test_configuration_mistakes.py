"""Mistakes in the environment are told all at once, and without its secrets."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.superlists.checkout import PRODUCTION

NO_ORIGIN = "is not scheme, host and port alone, such as https://lists.example.com or http://localhost:8888"


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
        ("DJANGO_ALLOWED_HOST", ".example.com", "names one host, such as lists.example.com"),
        ("DJANGO_HTTPS", "perhaps", "Not a valid boolean."),
        ("SITE_ORIGIN", "lists.example.com", NO_ORIGIN),
        ("SITE_ORIGIN", "https://lists.example.com/", NO_ORIGIN),
        ("SITE_ORIGIN", "https://edith:sesame@lists.example.com", NO_ORIGIN),
        ("SITE_ORIGIN", "https://lists.example.com:65536", NO_ORIGIN),
        (
            "SITE_ORIGIN",
            "http://localhost:8888",
            "leads to localhost, and the site answers to lists.example.com alone; see DJANGO_ALLOWED_HOST",
        ),
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


def test_a_site_on_https_mails_no_link_that_is_read_on_the_way(mistakes):
    given = PRODUCTION | {"DJANGO_HTTPS": "1", "SITE_ORIGIN": "http://lists.example.com"}
    assert mistakes(**given) == ["SITE_ORIGIN: begins with http://, and DJANGO_HTTPS is on"]


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


def test_a_debug_flag_that_cannot_be_read_does_not_hide_other_mistakes(mistakes):
    assert mistakes(DJANGO_DEBUG_FALSE="perhaps") == [
        "DJANGO_ALLOWED_HOST: is not set, and with debug off it has to be",
        "DJANGO_SECRET_KEY: is not set, and with debug off it has to be",
        "DJANGO_DEBUG_FALSE: Not a valid boolean.",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgres://edith:sesame@db/"),
        ("DJANGO_ALLOWED_HOST", "https://lists.example.com"),
        ("DJANGO_ALLOWED_HOST", "lists.example.com:8000"),
    ],
)
def test_an_address_that_can_never_work_is_a_mistake(mistakes, name, value):
    (told,) = mistakes(**PRODUCTION | {name: value})
    assert told.startswith(f"{name}: ")
