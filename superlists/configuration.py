"""What the environment says about this site, with all mistakes reported at once."""

import re
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError
from marshmallow import validate

BASE_DIR = Path(__file__).resolve().parent.parent
# Every variable that settings.py reads.
VARIABLES = (
    "SITE_ENVIRONMENT",
    "SUPERLISTS_TESTING",
    "SITENAME",
    "DATABASE_URL",
    "DJANGO_DB_PATH",
    "DJANGO_SECRET_KEY",
    "DJANGO_DEBUG_FALSE",
    "DJANGO_ALLOWED_HOST",
    "DJANGO_HTTPS",
    "DJANGO_HSTS_SECONDS",
    "DJANGO_HSTS_SUBDOMAINS",
    "DJANGO_HSTS_PRELOAD",
    "SITE_ORIGIN",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_PASSWORD",
    "EMAIL_USE_TLS",
    "EMAIL_FILE_PATH",
)
# In s and ms: a database whose machine is gone is told of by /health/, before whoever asks gives up.
DATABASE_TIMEOUTS = {"connect_timeout": 3, "tcp_user_timeout": 5000}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")
ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+)(?::([0-9]{1,5}))?")
PORTS = {"http": 80, "https": 443}
MAX_PORT = 65535
# Where `manage.py runserver` serves unless told otherwise.
LOCAL_ORIGIN = "http://localhost:8000"


class Environment:
    """The process's environment, read by environs; an empty variable counts as unset."""

    def __init__(self) -> None:
        """Begin without mistakes."""
        self._env = Env(eager=False)
        self._mistakes: list[str] = []

    def mistake(self, name: str, problem: str) -> None:
        """Note what is wrong with a variable."""
        self._mistakes.append(f"{name}: {problem}")

    def refuse_mistakes(self) -> None:
        """Raise ImproperlyConfigured with a line for each mistake, if there are any."""
        try:
            self._env.seal()
        except EnvValidationError as error:
            messages: Any = error.error_messages
            self._mistakes += [f"{name}: {' '.join(reasons)}" for name, reasons in messages.items()]
        if self._mistakes:
            raise ImproperlyConfigured("\n".join(["The site cannot start:", *self._mistakes]))

    def text(self, name: str, *, required: bool = False) -> str:
        """Return a variable's value; nothing where it is not set."""
        value: str = self._env.str(name, "").strip()
        if required and not value:
            self.mistake(name, "is not set, and with debug off it has to be")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], *, default: str) -> str:
        """Return one of the values allowed."""
        value = self.text(name) or default
        if value not in allowed:
            self.mistake(name, f"is {value!r}; allowed: {', '.join(allowed)}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return whether a variable says yes."""
        value = self._env.bool(name) if self.text(name) else None
        return default if value is None else bool(value)

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        """Return a whole number."""
        value = self._env.int(name, validate=validate.Range(least, most)) if self.text(name) else None
        return default if value is None else int(value)

    def host(self, name: str, *, required: bool) -> str:
        """Return the name of one host."""
        host = self.text(name, required=required)
        if set(host) & set("*,/: ") or host.startswith("."):
            self.mistake(name, "names one host, such as lists.example.com")
        return host

    def origin(self, name: str, host: str, *, https: bool) -> str:
        """Return scheme, host and port as browsers write them; they follow from the host where none are named."""
        value = self.text(name).lower()
        if not value:
            return f"{'https' if https else 'http'}://{host.lower()}" if host else LOCAL_ORIGIN
        match = ORIGIN.fullmatch(value)
        # The value stays out of the message: what is no origin may hold a password.
        if not match or not 1 <= int(match[3] or PORTS[match[1]]) <= MAX_PORT:
            example = "https://lists.example.com or http://localhost:8888"
            self.mistake(name, f"is not scheme, host and port alone, such as {example}")
            return ""
        scheme, named, port = match[1], match[2], int(match[3] or PORTS[match[1]])
        if host and named != host.lower():
            self.mistake(name, f"leads to {named}, and the site answers to {host} alone; see DJANGO_ALLOWED_HOST")
        if https and scheme != "https":
            self.mistake(name, "begins with http://, and DJANGO_HTTPS is on")
        return f"{scheme}://{named}" + ("" if port == PORTS[scheme] else f":{port}")

    def database(self, name: str, path_name: str) -> dict[str, Any]:
        """Return Django's settings of the database at an address, or else of the SQLite file at a path."""
        url, path = self.text(name), self.text(path_name)
        if url and path:
            self.mistake(name, f"is set as well as {path_name}; keep one of them")
        if not url:
            return _sqlite(path or str(BASE_DIR / "db.sqlite3"))
        if url.split(":", 1)[0] not in DATABASE_SCHEMES:
            # The value stays out of the message: it may hold a password.
            self.mistake(name, f"has to begin with {' or '.join(DATABASE_SCHEMES)}://")
            return {}
        try:
            database: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
        except ValueError:
            self.mistake(name, "is not a database address such as postgres://USER@HOST/NAME")
            return {}
        if not database["NAME"]:
            self.mistake(name, "names no database; such as postgres://USER@HOST/NAME")
        if url.startswith("sqlite"):
            return _sqlite(str(database["NAME"]))
        return database | {"OPTIONS": DATABASE_TIMEOUTS | database.get("OPTIONS", {})}


def _sqlite(path: str) -> dict[str, Any]:
    """SQLite as several workers need it: write-ahead log, and a write lock from the start.

    A deferred transaction that reads and then writes fails with "database is
    locked" at once, whatever the timeout.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
