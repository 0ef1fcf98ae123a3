"""The site's log: to the console, and without the token of a login link."""

import logging
import sys

import pytest
from django.conf import settings as site_settings
from django.utils.module_loading import import_string

from superlists.logs import RedactingFormatter, logging_configuration, redacted

TOKEN = "c2VjcmV0LXRva2Vu"
ENVIRONMENTS = ["local", "docker", "staging", "production"]


def record(message, *arguments, exc_info=None):
    return logging.LogRecord("superlists", logging.ERROR, __file__, 1, message, arguments, exc_info)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /accounts/login/{TOKEN}/ HTTP/1.1", "GET /accounts/login/[token]/ HTTP/1.1"),
        (f"/accounts/login/{TOKEN}", "/accounts/login/[token]"),
        (f"http://localhost/accounts/login/{TOKEN}/?a=b", "http://localhost/accounts/login/[token]/?a=b"),
        (f"/accounts/login/{TOKEN}?a=b", "/accounts/login/[token]?a=b"),
        (f"'/accounts/login/{TOKEN}'", "'/accounts/login/[token]'"),
        (f'href="/accounts/login/{TOKEN}"', 'href="/accounts/login/[token]"'),
        (f"</accounts/login/{TOKEN}>", "</accounts/login/[token]>"),
        (
            f"/accounts/login/{TOKEN}/ and /accounts/login/another/",
            "/accounts/login/[token]/ and /accounts/login/[token]/",
        ),
        ("/accounts/login/?next=/lists/mine/", "/accounts/login/?next=/lists/mine/"),
        ("/accounts/logout", "/accounts/logout"),
    ],
)
def test_a_token_is_left_out_and_nothing_else(text, kept):
    assert redacted(text) == kept


def test_a_token_is_left_out_of_messages_and_their_arguments():
    line = RedactingFormatter("%(levelname)s %(message)s").format(
        record(f"at /accounts/login/{TOKEN}/\nfrom %s", f"/accounts/login/{TOKEN}/")
    )
    assert line == "ERROR at /accounts/login/[token]/\nfrom /accounts/login/[token]/"


def test_a_token_is_left_out_of_tracebacks():
    try:
        int(f"http://localhost/accounts/login/{TOKEN}/")
    except ValueError:
        text = RedactingFormatter().format(record("Oh dear", exc_info=sys.exc_info()))
    assert "ValueError: invalid literal for int() with base 10: 'http://localhost/accounts/login/[token]/'" in text
    assert TOKEN not in text


@pytest.mark.parametrize("testing", [False, True])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_line_goes_through_the_formatter_that_redacts(environment, testing):
    made = logging_configuration(environment, testing=testing)
    (formatter,) = made["formatters"].values()
    assert issubclass(import_string(formatter["()"]), RedactingFormatter)
    assert {handler["formatter"] for handler in made["handlers"].values()} == {"line"}
    assert {handler["class"] for handler in made["handlers"].values()} == {"logging.StreamHandler"}


@pytest.mark.parametrize("name", ["django", "django.server", "django.request", "superlists.accounts.views"])
def test_a_line_is_written_to_the_console_once(name):
    (handler,) = (one for one in handlers_of(logging.getLogger(name)) if type(one) is logging.StreamHandler)
    assert isinstance(handler.formatter, RedactingFormatter)


def handlers_of(logger):
    return [*logger.handlers, *(handlers_of(logger.parent) if logger.propagate and logger.parent else [])]


def test_the_loggers_that_were_there_before_stay():
    assert site_settings.LOGGING["disable_existing_loggers"] is False


def test_a_log_line_says_when_how_bad_and_where(client, db, site_log):
    client.get("/accounts/login/made-up/")
    first = site_log.getvalue().splitlines()[0]
    assert first.split(" ", 2)[2] == (
        "WARNING superlists.accounts.views: Refused a login link: This login link is not one of ours."
    )


def test_servers_log_what_happens_and_developers_the_details_too():
    levels = {
        environment: logging_configuration(environment, testing=False)["loggers"]["superlists"]["level"]
        for environment in ENVIRONMENTS
    }
    assert levels == {"local": "DEBUG", "docker": "DEBUG", "staging": "INFO", "production": "INFO"}
    assert logging_configuration("prod", testing=False)["loggers"]["superlists"]["level"] == "INFO"
