"""The databases that a site in a container can have: each made for one run, and gone after it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from docker import DockerClient
from docker.models.containers import Container

from acceptance.images import POSTGRES, image
from acceptance.redaction import hide
from acceptance.settings import Config
from acceptance.targets.base import TargetError
from acceptance.targets.database_lease import Borrowed
from acceptance.targets.host_tunnel import is_loopback
from acceptance.targets.run_resources import Owned
from databases.databases import Databases
from databases.errors import RefusedError
from databases.settings import Settings

INSIDE = 5432
OWNER, STORAGE = "run", "database"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """What the site has to be told of its database, and the container that it is in, if that is this run's."""

    environment: dict[str, str]
    beside: list[Container] = field(default_factory=list)
    # Ports of the site's own loopback, and to where each has to lead, by way of this machine.
    tunnels: dict[int, tuple[str, int]] = field(default_factory=dict)


class Database(Protocol):
    """A database for one run."""

    def open(self, engine: DockerClient, owned: Owned) -> Place:
        """Have it ready for a container on the usual network; raises TargetError."""

    def close(self) -> None:
        """Give back what is not labelled as the run's own; safe to call twice, or after a failed opening."""


class Sqlite:
    """A file on the site's own volume."""

    def open(self, _: DockerClient, __: Owned) -> Place:
        """Return where it is."""
        return Place({"DJANGO_DB_PATH": "/data/db.sqlite3"})

    def close(self) -> None:
        """Do nothing: it goes with the volume."""


class Postgres:
    """PostgreSQL by the service's own code, in this process; labels and folder say that it is the run's."""

    def open(self, engine: DockerClient, owned: Owned) -> Place:
        """Return once it takes connections; raises TargetError."""
        settings = Settings(
            root=owned.folder,
            image=image(engine, POSTGRES),
            labels=owned.labels,
            # Nobody needs it after a loss of power.
            durable=False,
        )
        password = new_password()
        try:
            told = Databases(engine, settings).make(OWNER, STORAGE, password)
        except RefusedError as error:
            raise TargetError(f"PostgreSQL did not start: {error}") from error
        server = engine.containers.get(told["id"])
        # Containers reach each other, also where none of the engine's networks is this machine's.
        (network,) = server.attrs["NetworkSettings"]["Networks"].values()
        return Place(database_url(str(network["IPAddress"]), INSIDE, password), [server])

    def close(self) -> None:
        """Do nothing: it goes with what else is the run's own."""


class PostgresOfService:
    """PostgreSQL from a service that lends databases."""

    def __init__(self, config: Config) -> None:
        """Ask for nothing yet."""
        self._borrowed = Borrowed(config.databases_url, config.databases_token)

    def open(self, engine: DockerClient, owned: Owned) -> Place:
        """Borrow one; raises TargetError."""
        password = new_password()
        self._borrowed.give_back_what_dead_runs_left()
        told = self._borrowed.take(owned, password)
        host, port = str(told["host"]), int(told["port"])
        if is_loopback(host):
            # In a container, that would be the container itself.
            return Place(database_url(LOOPBACK, INSIDE, password), tunnels={INSIDE: (host, port)})
        return Place(database_url(host, port, password))

    def close(self) -> None:
        """Give it back."""
        self._borrowed.give_back()


def new_password() -> str:
    """Return a password that stands in no report."""
    return hide(secrets.token_urlsafe(24))


def database_url(host: str, port: int, password: str) -> dict[str, str]:
    """Return what the site has to be told of PostgreSQL."""
    return {"DATABASE_URL": f"postgres://postgres:{password}@{host}:{port}/postgres"}


def _postgres(config: Config) -> Database:
    return PostgresOfService(config) if config.databases_url else Postgres()


DATABASES: dict[str, Callable[[Config], Database]] = {"sqlite": lambda _: Sqlite(), "postgres": _postgres}
