"""A service as it is run: a process of its own, on a root folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from docker import DockerClient

from acceptance.waiting import eventually
from databases import RefusedError, client
from databases.client import UnreachableError
from databases.tokens import Tokens
from deploy.box import free_ports

PASSWORD = "correct horse battery"
UP_WITHIN_S = 60
MODULE = "databases"


class Client(client.Client):
    """A client that asks for everything there is."""

    def one(self, identity: str) -> dict:
        return self.request("GET", f"{identity}/")

    def stop(self, identity: str) -> dict:
        return self.request("POST", f"{identity}/stop/")

    def start(self, identity: str) -> dict:
        return self.request("POST", f"{identity}/start/")


@dataclass
class Service:
    """What a test knows of a service, and does to it."""

    root: Path
    image: str
    labels: dict[str, str]
    changes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        mine = {
            "DATABASES_ROOT": str(self.root),
            "DATABASES_IMAGE": self.image,
            "DATABASES_LABELS": json.dumps(self.labels),
        }
        return os.environ | mine | self.changes

    def client(self, owner: str = "edith") -> Client:
        """Return a client with this owner's token."""
        if owner not in self.tokens:
            self.tokens[owner] = Tokens(self.root).add(owner)
        return Client(self.url, self.tokens[owner])

    def start(self) -> None:
        """Start it; it answers when this returns."""
        self.port = self.port or free_ports()[0]
        # A test run that is killed ends it.
        ended_with_us = ("setpriv", "--pdeathsig=TERM")
        command = [*ended_with_us, sys.executable, "-m", MODULE, "serve", f"--bind=127.0.0.1:{self.port}"]
        with (self.root.parent / f"{self.root.name}.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environ, stdout=log, stderr=log, start_new_session=True)
        eventually(self._answers, what="the service to answer", within_s=UP_WITHIN_S)

    def stop(self) -> None:
        """End it as a service is ended."""
        if self.process:
            self.process.terminate()
            self.process.wait(UP_WITHIN_S)
        self.process = None

    def log(self) -> str:
        return (self.root.parent / f"{self.root.name}.log").read_text()

    def _answers(self) -> bool:
        assert self.process
        assert self.process.poll() is None, self.log()
        try:
            Client(self.url, "none").all()
        except RefusedError as error:
            return error.status == 401
        except UnreachableError:
            return False
        return True


@contextmanager
def running(service: Service) -> Iterator[Service]:
    """Give a service that answers, and end it."""
    service.start()
    try:
        yield service
    finally:
        service.stop()


def connected(told: dict, password: str = PASSWORD) -> psycopg.Connection:
    """Return a connection to what a service told of, as any client makes it; tried once, and at once."""
    return psycopg.connect(
        host=told["host"], port=told["port"], user="postgres", dbname="postgres", password=password,
        autocommit=True, connect_timeout=10,
    )  # fmt: skip


def write_rows(told: dict, *rows: str) -> None:
    with connected(told) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS items (text text)")
        for row in rows:
            connection.execute("INSERT INTO items VALUES (%s)", [row])


def rows(told: dict) -> list[str]:
    with connected(told) as connection:
        return [text for (text,) in connection.execute("SELECT text FROM items ORDER BY text")]


def containers(client: DockerClient, root: Path) -> list[str]:
    """Return the full ids of the containers of a root folder, whatever the service says."""
    filters = {"label": f"databases.root={root}"}
    return [found["Id"] for found in client.api.containers(all=True, filters=filters)]


def directories(root: Path) -> list[str]:
    """Return the storage directories and what is about to be removed, whatever the service says."""
    return sorted(str(path.relative_to(root)) for name in ("storage/*/*", "trash/*") for path in root.glob(name))
