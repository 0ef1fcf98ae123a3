"""A database on a machine of its own, and servers whose settings somebody leads to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from docker.models.containers import Container
from psycopg.sql import SQL, Identifier

from acceptance.images import image
from acceptance.remote_command import Command
from acceptance.ssh import Server
from acceptance.targets.container import POSTGRES_RECIPE
from databases.databases import Databases
from databases.settings import Settings
from tests.box.deployed_site import DeployedSite
from tests.targets.engine import engine

PASSWORD = "only-for-this-test"


@dataclass(frozen=True)
class PostgreSQL:
    """A PostgreSQL that every machine here reaches."""

    container: Container
    address: str

    def make(self, name: str) -> str:
        """Make an empty database; return what leads to it."""
        url = f"postgres://postgres:{PASSWORD}@{self.address}:5432/"
        with psycopg.connect(f"{url}postgres", autocommit=True) as connection:
            connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return f"{url}{name}"


def postgresql(labels: dict[str, str]) -> Iterator[PostgreSQL]:
    """Start one, and remove it in the end."""
    with engine() as client, TemporaryDirectory() as root:
        settings = Settings(root=Path(root), image=image(client, POSTGRES_RECIPE), labels=labels, durable=False)
        databases = Databases(client, settings)
        told = databases.make("box", "postgresql", PASSWORD)
        there = client.containers.get(told["id"])
        try:
            (network,) = there.attrs["NetworkSettings"]["Networks"].values()
            yield PostgreSQL(there, str(network["IPAddress"]))
        finally:
            databases.delete("box", told["id"], keep=False)


@contextmanager
def behind(there: DeployedSite, address: str) -> Iterator[None]:
    """Let a site's .env lead to this database meanwhile, as somebody may write it by hand."""
    kept = there.run("cat", str(there.layout.environment))
    others = [line for line in kept.splitlines() if not line.startswith(("DJANGO_DB_PATH=", "DATABASE_URL="))]
    try:
        _write(there, "\n".join([*others, f"DATABASE_URL='{address}'"]))
        yield
    finally:
        _write(there, kept)


def _write(there: DeployedSite, settings: str) -> None:
    with Server(there.site) as server:
        server.run(Command(("tee", str(there.layout.environment)), step="Editing", stdin=f"{settings}\n"))
    there.run("sudo", "--non-interactive", "systemctl", "restart", f"{there.layout.unit}.service")
