"""The databases that a site in a container can have: each made for one run."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docker import DockerClient
from docker.models.containers import Container

from deploy.images import POSTGRES, image
from features.targets.base import TargetError
from features.targets.container import how_it_ended
from features.targets.owned import Owned
from features.targets.packed import packed
from features.waiting import eventually

READY_WITHIN_S = 30.0
PASSWORD_FILE = "run/postgres-password"  # noqa: S105 - where it is, not what it is

IN_MEMORY = "/in-memory"


@dataclass(frozen=True)
class Place:
    """What the site has to be told of its database, and where its container has to be to reach it."""

    environment: dict[str, str]
    where: dict[str, Any] = field(default_factory=dict)
    beside: list[Container] = field(default_factory=list)


def sqlite(_: DockerClient, __: Owned) -> Place:
    """Return the file on the site's own volume."""
    return Place({"DJANGO_DB_PATH": "/data/db.sqlite3"})


def postgres(engine: DockerClient, owned: Owned) -> Place:
    """Start PostgreSQL on a network of the run's own; return once it takes connections."""
    network = engine.networks.create(owned.name, labels=owned.labels)
    password = secrets.token_urlsafe(24)
    server = engine.containers.create(
        image(engine, POSTGRES),
        name=f"{owned.name}-postgres",
        labels=owned.labels,
        network=network.name,
        # Gone with the container, and as fast as memory.
        tmpfs={IN_MEMORY: "mode=1777"},
        environment={"PGDATA": f"{IN_MEMORY}/data"},
    )
    server.put_archive("/", packed(PASSWORD_FILE, password))
    server.start()
    eventually(lambda: _is_ready(server), what="PostgreSQL to take connections", within_s=READY_WITHIN_S)
    url = f"postgres://postgres:{password}@{server.name}:5432/postgres"
    return Place({"DATABASE_URL": url}, {"network": network.name}, [server])


def _is_ready(server: Container) -> bool:
    if ended := how_it_ended(server):
        raise TargetError(f"{ended} It said: {server.logs(tail=20).decode(errors='replace')}")
    code, _ = server.exec_run(["pg_isready", "--quiet", "--host=127.0.0.1"])
    return bool(code == 0)


DATABASES: dict[str, Callable[[DockerClient, Owned], Place]] = {"sqlite": sqlite, "postgres": postgres}
