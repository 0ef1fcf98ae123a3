"""How long a database takes until it can be connected to: from the service, and by `docker run` and a wait by hand.

Both use one image, the same limits, a directory outside the container and a free port, and take turns.
`python -m benchmarks.databases` measures nothing else.
"""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from acceptance.container_engine import connect
from acceptance.images import image
from acceptance.targets.container import POSTGRES_RECIPE
from benchmarks.deploys import seconds
from benchmarks.rounds import MeasurementError
from databases.client import Client, UnreachableError
from databases.errors import RefusedError
from databases.postgres import eventually, scram_verifier
from databases.storage import USER
from databases.tokens import Tokens

ROUNDS = 7
UP_WITHIN_S = 60
HOST = "127.0.0.1"
# What the service does with put_archive, as a person does it in one command.
HANDED = 'printf %s "$VERIFIER" > /run/databases/verifier && exec start-postgres'
ROUNDS_OF_ALL = ("service_new_s", "hand_new_s", "service_existing_s", "hand_existing_s")


@dataclass(frozen=True)
class Measured:
    """The two sides, and where each keeps its data."""

    client: Client
    image: str
    folder: Path
    password: str

    def service(self) -> None:
        """Ask the service, and connect once."""
        told = self.client.make("measured", self.password)
        _connect(told["port"], self.password)

    def away(self, data: str) -> None:
        """Remove what the service made."""
        for found in self.client.all():
            self.client.delete(found["id"], data=data)

    @contextmanager
    def by_hand(self) -> Iterator[Callable[[], None]]:
        """Give `docker run` and a wait; the container is removed afterwards, and its data stays."""
        name, port = f"superlists-measured-{uuid.uuid4().hex[:8]}", _free_port()
        given = os.environ | {"VERIFIER": scram_verifier(self.password)}
        command = [
            "docker", "run", "--detach", "--name", name, "--user", f"{USER}:{USER}", "--memory", "256m",
            "--memory-swap", "256m", "--pids-limit", "256", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--mount", f"type=bind,source={self.folder},target=/storage", "--publish", f"{HOST}:{port}:5432",
            "--tmpfs", f"/run/databases:uid={USER},gid={USER},mode=700", "--env", "VERIFIER",
            "--entrypoint", "sh", self.image, "-c", HANDED,
        ]  # fmt: skip

        def run() -> None:
            subprocess.run(command, env=given, check=True, stdout=subprocess.DEVNULL)
            if not eventually(lambda: _takes(port, self.password), within_s=UP_WITHIN_S):
                raise MeasurementError(f"{name} did not take connections")

        try:
            yield run
        finally:
            removed = ["docker", "rm", "--force", "--volumes", name]
            subprocess.run(removed, check=False, stdout=subprocess.DEVNULL)


def of_databases(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the medians in s, new and with existing data, and how they compare; raises MeasurementError."""
    try:
        with _both() as both:
            taken = [_round(both) for _ in range(rounds)]
    except (RefusedError, UnreachableError, psycopg.Error, subprocess.CalledProcessError) as error:
        raise MeasurementError(f"The databases could not be measured: {error}") from error
    figures = {name: median(each[name] for each in taken) for name in ROUNDS_OF_ALL}
    return {f"database_{name}": value for name, value in figures.items()} | {
        "database_new_ratio": figures["service_new_s"] / figures["hand_new_s"],
        "database_existing_ratio": figures["service_existing_s"] / figures["hand_existing_s"],
    }


def _round(both: Measured) -> dict[str, float]:
    taken = {}
    both.away("drop")
    for path in both.folder.iterdir():
        shutil.rmtree(path)
    taken["service_new_s"] = seconds(both.service)
    both.away("keep")
    with both.by_hand() as run:
        taken["hand_new_s"] = seconds(run)
    taken["service_existing_s"] = seconds(both.service)
    both.away("drop")
    with both.by_hand() as run:
        taken["hand_existing_s"] = seconds(run)
    return taken


@contextmanager
def _both() -> Iterator[Measured]:
    engine = connect()
    try:
        tag = image(engine, POSTGRES_RECIPE)
    finally:
        engine.close()
    with TemporaryDirectory() as folder:
        root, by_hand = Path(folder, "service"), Path(folder, "by-hand")
        by_hand.mkdir(mode=0o700)
        os.chown(by_hand, USER, USER)
        bind = f"{HOST}:{_free_port()}"
        serve = [sys.executable, "-m", "databases", "serve", "--bind", bind]
        settings = {"DATABASES_ROOT": str(root), "DATABASES_IMAGE": tag}
        client = Client(f"http://{bind}", Tokens(root).add("measuring"))
        with subprocess.Popen(serve, env=os.environ | settings, stderr=subprocess.DEVNULL) as process:
            try:
                if not eventually(lambda: _is_up(client), within_s=UP_WITHIN_S):
                    raise MeasurementError("The service of databases does not answer")
                both = Measured(client, tag, by_hand, secrets.token_urlsafe(16))
                yield both
                both.away("drop")
            finally:
                process.terminate()


def _is_up(client: Client) -> bool:
    try:
        client.all()
    except UnreachableError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


def _takes(port: int, password: str) -> bool:
    try:
        _connect(port, password)
    except psycopg.OperationalError:
        return False
    return True


def _connect(port: int, password: str) -> None:
    psycopg.connect(
        host=HOST, port=port, user="postgres", dbname="postgres", password=password, connect_timeout=5
    ).close()


if __name__ == "__main__":
    for name, figure in of_databases().items():
        print(f"{name:30}{figure:8.2f}")
