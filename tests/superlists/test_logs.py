"""The site's log: to the console, without the token of a login link, and without the id of a list."""

import logging
import sys
from logging.config import DictConfigurator

import pytest

from superlists.logs import logging_configuration, redacted

TOKEN = "c2VjcmV0LXRva2Vu"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"http://localhost/accounts/login/{TOKEN}?a=b", "http://localhost/accounts/login/[token]?a=b"),
        (f"'/accounts/login/{TOKEN}'", "'/accounts/login/[token]'"),
        (f'href="/accounts/login/{TOKEN}"', 'href="/accounts/login/[token]"'),
        (f"</accounts/login/{TOKEN}> /accounts/login/b/", "</accounts/login/[token]> /accounts/login/[token]/"),
        ("/accounts/login/?next=/lists/mine/", "/accounts/login/?next=/lists/mine/"),
        ("Not Found: /lists/5c1a7d0e-0000-4000-8000-00000000000f/share", "Not Found: /lists/[id]/share"),
        ("Not Found: /lists/5C1A7D0E-0000-4000-8000-00000000000F/", "Not Found: /lists/[id]/"),
    ],
)
def test_a_secret_is_left_out_and_nothing_else(text, kept):
    assert redacted(text) == kept


@pytest.mark.parametrize(("environment", "testing"), [("local", False), ("staging", True), ("production", False)])
def test_a_token_is_left_out_of_messages_arguments_and_tracebacks(environment, testing):
    said = logging_configuration(environment, testing=testing)
    formatter = DictConfigurator(said).configure_formatter(said["formatters"]["line"])
    try:
        int(f"http://localhost/accounts/login/{TOKEN}/")
    except ValueError:
        error = sys.exc_info()
    message, argument = f"at /accounts/login/{TOKEN}/ from %s", f"/accounts/login/{TOKEN}/"
    text = formatter.format(logging.LogRecord("superlists", logging.ERROR, __file__, 1, message, (argument,), error))
    assert "ERROR superlists: at /accounts/login/[token]/ from /accounts/login/[token]/\nTraceback" in text
    assert TOKEN not in text
    assert said["disable_existing_loggers"] is False
    # Who logged in, and to whom a link was mailed, is told on every site.
    assert logging.getLevelNamesMapping()[said["loggers"]["superlists"]["level"]] <= logging.INFO


@pytest.mark.parametrize("name", ["django", "django.server", "django.request", "superlists.accounts.views"])
def test_a_line_is_written_to_the_console_once_and_redacted(name):
    (handler,) = (one for one in handlers_of(logging.getLogger(name)) if type(one) is logging.StreamHandler)
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, f"/accounts/login/{TOKEN}/", (), None)
    assert TOKEN not in handler.format(record)


def handlers_of(logger):
    return [*logger.handlers, *(handlers_of(logger.parent) if logger.propagate and logger.parent else [])]


def test_a_log_line_says_when_how_bad_and_where(client, db, site_log):
    client.get("/accounts/login/made-up/")
    first = site_log.getvalue().splitlines()[0]
    assert first.split(" ", 2)[2] == (
        "WARNING superlists.accounts.views: Refused a login link: This login link is not one of ours."
    )
