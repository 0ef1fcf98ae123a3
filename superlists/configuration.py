"""What the environment says about this site: read once, with all mistakes reported at once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError
from marshmallow import validate

from superlists.origin import origin_of

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("local", "docker", "staging", "production")
DISPOSABLE_ENVIRONMENTS = ("local", "docker", "staging")
LOCAL_SECRET_KEY = "only-for-a-developer's-own-machine-never-for-a-server"  # noqa: S105
# Every variable that read_configuration looks at.
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
    "SITE_ORIGIN",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_PASSWORD",
    "EMAIL_USE_TLS",
    "EMAIL_FILE_PATH",
)
# In s and ms: a database whose machine is gone is told of by /health/, before whoever asks gives up.
SOON_GIVEN_UP = {"connect_timeout": 3, "tcp_user_timeout": 5000}
DATABASE_SCHEMES = ("sqlite", "postgres", "postgresql")


@dataclass(frozen=True)
class MailConfiguration:
    """How mail leaves the site: `host` by SMTP, `file_path` into files, else not at all."""

    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    file_path: str


@dataclass(frozen=True)
class SiteConfiguration:
    """One site's settings, checked."""

    environment: str
    testing: bool
    debug: bool
    secret_key: str
    allowed_host: str
    name: str
    https: bool
    origin: str
    database: dict[str, Any]
    mail: MailConfiguration


def read_configuration() -> SiteConfiguration:
    """Read the variables that README.md documents; raises ImproperlyConfigured with one line for each mistake."""
    reader = _Reader()
    environment = reader.choice("SITE_ENVIRONMENT", ENVIRONMENTS, default="production")
    debug = not reader.flag("DJANGO_DEBUG_FALSE", default=environment != "local")
    if debug and environment == "production":
        reader.mistake("DJANGO_DEBUG_FALSE", "a production site does not start with debug on")
    host = reader.text("DJANGO_ALLOWED_HOST", required=not debug)
    if set(host) & set("*,/: ") or host.startswith("."):
        reader.mistake("DJANGO_ALLOWED_HOST", "names one host, such as lists.example.com")
    https = reader.flag("DJANGO_HTTPS", default=False)
    configuration = SiteConfiguration(
        environment=environment,
        testing=environment in DISPOSABLE_ENVIRONMENTS and reader.flag("SUPERLISTS_TESTING", default=False),
        debug=debug,
        secret_key=reader.text("DJANGO_SECRET_KEY", required=not debug) or LOCAL_SECRET_KEY,
        allowed_host=host,
        name=reader.text("SITENAME") or host or "localhost",
        https=https,
        origin=reader.origin(host, https=https),
        database=reader.database(),
        mail=_read_mail(reader),
    )
    reader.finish()
    return configuration


def _read_mail(reader: "_Reader") -> MailConfiguration:
    return MailConfiguration(
        host=reader.text("EMAIL_HOST"),
        port=reader.port("EMAIL_PORT", default=587),
        user=reader.text("EMAIL_HOST_USER"),
        password=reader.text("EMAIL_PASSWORD"),
        use_tls=reader.flag("EMAIL_USE_TLS", default=True),
        file_path=reader.text("EMAIL_FILE_PATH"),
    )


class _Reader:
    """environs, with mistakes collected; an empty variable counts as unset."""

    def __init__(self) -> None:
        self._env = Env(eager=False)
        self._mistakes: list[str] = []

    def mistake(self, name: str, problem: str) -> None:
        self._mistakes.append(f"{name}: {problem}")

    def text(self, name: str, *, required: bool = False) -> str:
        value: str = self._env.str(name, "").strip()
        if required and not value:
            self.mistake(name, "is not set, and with debug off it has to be")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], *, default: str) -> str:
        value = self.text(name) or default
        if value not in allowed:
            self.mistake(name, f"is {value!r}; allowed: {', '.join(allowed)}")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        if not self.text(name):
            return default
        said = self._env.bool(name)
        return default if said is None else bool(said)

    def port(self, name: str, *, default: int) -> int:
        if not self.text(name):
            return default
        return self._env.int(name, validate=validate.Range(1, 65535)) or default

    def origin(self, host: str, *, https: bool) -> str:
        try:
            return origin_of(self.text("SITE_ORIGIN"), host, https=https)
        except ValueError as error:
            self.mistake("SITE_ORIGIN", str(error))
            return ""

    def database(self) -> dict[str, Any]:
        url, path = self.text("DATABASE_URL"), self.text("DJANGO_DB_PATH")
        if url and path:
            self.mistake("DATABASE_URL", "is set as well as DJANGO_DB_PATH; keep one of them")
        if not url:
            return _sqlite(path or str(BASE_DIR / "db.sqlite3"))
        if url.split(":", 1)[0] not in DATABASE_SCHEMES:
            # The value stays out of the message: it may hold a password.
            self.mistake("DATABASE_URL", f"has to begin with {' or '.join(DATABASE_SCHEMES)}://")
            return {}
        return self._parsed(url)

    def _parsed(self, url: str) -> dict[str, Any]:
        try:
            parsed: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
        except ValueError:
            self.mistake("DATABASE_URL", "is not a database address such as postgres://USER@HOST/NAME")
            return {}
        if not parsed["NAME"]:
            self.mistake("DATABASE_URL", "names no database; such as postgres://USER@HOST/NAME")
        if url.startswith("sqlite"):
            return _sqlite(str(parsed["NAME"]))
        return parsed | {"OPTIONS": SOON_GIVEN_UP | parsed.get("OPTIONS", {})}

    def finish(self) -> None:
        mistakes = [*self._mistakes, *self._unreadable()]
        if mistakes:
            raise ImproperlyConfigured("\n".join(["The site cannot start:", *mistakes]))

    def _unreadable(self) -> list[str]:
        try:
            self._env.seal()
        except EnvValidationError as error:
            said: Any = error.error_messages
            return [f"{name}: {' '.join(reasons)}" for name, reasons in said.items()]
        return []


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
