"""How the site logs: to the console, one logger a module; no login token and no list's id in it."""

import logging
import re
from typing import Any

LEVELS = {"local": "DEBUG", "docker": "DEBUG", "staging": "INFO", "production": "INFO"}
LOGIN_TOKEN = re.compile(r"(/accounts/login/)[^/\s?\"'<>]+")
# A list that is nobody's opens for whoever knows its id.
LIST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


def redacted(text: str) -> str:
    """Return `text` without the token of any login link and the id of any list."""
    return LIST_ID.sub("[id]", LOGIN_TOKEN.sub(r"\1[token]", text))


class RedactingFormatter(logging.Formatter):
    """Formats a record, its traceback included, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text without login tokens and lists' ids."""
        return redacted(super().format(record))


def logging_configuration(environment: str, *, testing: bool) -> dict[str, Any]:
    """Return Django's LOGGING for a site in `environment`.

    Where the testing app is installed, each line also names its scenario.
    """
    formatter: dict[str, Any] = {"()": "superlists.logs.RedactingFormatter"}
    if testing:
        formatter = {"()": "acceptance.django_app.scenario_log.ScenarioFormatter", "redact": redacted}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter | {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "superlists": {"level": LEVELS.get(environment, "INFO")},
            "acceptance": {"level": LEVELS.get(environment, "INFO")},
            # Django gives it, and its access log below it, handlers that would not redact.
            "django": {"handlers": ["console"], "propagate": False, "level": "INFO"},
            # So does gunicorn, whose errors quote what was asked for.
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
        },
    }
