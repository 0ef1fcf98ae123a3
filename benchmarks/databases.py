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
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from acceptance.docker_client import connect
from acceptance.images import image
from acceptance.targets.container import POSTGRES_RECIPE
from benchmarks.deploys import seconds
from benchmarks.rounds import MeasurementError
from databases import RefusedError
from databases.client import Client, UnreachableError
from databases.data_directories import USER
from databases.postgres_access import Login, eventually, log_in, scram_verifier
from databases.tokens import Tokens

ROUNDS = 8
UP_WITHIN_S = 60
HOST = "127.0.0.1"
# What the service does with put_archive, as a person does it in one command.
START = 'printf %s "$VERIFIER" > /run/databases/verifier && exec start-postgres'


@dataclass(frozen=True)
class Sides:
    """The service and Docker's command line, and where the latter keeps its data."""

    client: Client
    image: str
    folder: Path
    password: str

    def ask_service(self) -> None:
        """Return once the service's database was connected to."""
        address = self.client.make("measured", self.password)
        self.connect(address["port"])

    def remove(self, data: str) -> None:
        """Remove what the service made; its data is kept or dropped."""
        for database in self.client.all():
            self.client.delete(database["id"], data=data)

    def connect(self, port: int) -> None:
        """Return once the database at this port was connected to; raises MeasurementError."""
        if not eventually(lambda: log_in(HOST, port, self.password) is Login.ACCEPTED, within_s=UP_WITHIN_S):
            raise MeasurementError(f"No database takes connections at port {port}")

    def run_by_hand(self) -> float:
        """Return the seconds of `docker run` and a wait; the container is removed afterwards, and its data stays."""
        name, port = f"superlists-measured-{uuid.uuid4().hex[:8]}", _free_port()
        environment = os.environ | {"VERIFIER": scram_verifier(self.password)}
        command = [
            "docker", "run", "--detach", "--name", name, "--user", f"{USER}:{USER}", "--memory", "256m",
            "--memory-swap", "256m", "--pids-limit", "256", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
            "--mount", f"type=bind,source={self.folder},target=/storage", "--publish", f"{HOST}:{port}:5432",
            "--tmpfs", f"/run/databases:uid={USER},gid={USER},mode=700", "--env", "VERIFIER",
            "--entrypoint", "sh", self.image, "-c", START,
        ]  # fmt: skip

        def run() -> None:
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            self.connect(port)

        try:
            return seconds(run)
        finally:
            remove = ["docker", "rm", "--force", "--volumes", name]
            subprocess.run(remove, check=False, stdout=subprocess.DEVNULL)

    def measure_service(self) -> dict[str, float]:
        """Return the seconds that the service takes for a new database, and for one with its data."""
        taken = {"service_new_s": seconds(self.ask_service)}
        self.remove("keep")
        taken["service_existing_s"] = seconds(self.ask_service)
        self.remove("drop")
        return taken

    def measure_by_hand(self) -> dict[str, float]:
        """Return the same of Docker's command line."""
        taken = {f"hand_{kind}_s": self.run_by_hand() for kind in ("new", "existing")}
        for path in self.folder.iterdir():
            shutil.rmtree(path)
        return taken


def database_figures(rounds: int = ROUNDS) -> dict[str, float]:
    """Return the medians in s, new and with existing data, and how they compare; raises MeasurementError."""
    try:
        with _sides() as sides:
            measures = (sides.measure_service, sides.measure_by_hand)
            # In turn the first: whoever follows a removal waits for what it still writes to the disk.
            taken = [measures[turn]() | measures[1 - turn]() for turn in (number % 2 for number in range(rounds))]
    except (RefusedError, UnreachableError, subprocess.CalledProcessError) as error:
        raise MeasurementError(f"The databases could not be measured: {error}") from error
    figures = {f"database_{name}": median(each[name] for each in taken) for name in taken[0]}
    for kind in ("new", "existing"):
        figures[f"database_{kind}_ratio"] = figures[f"database_service_{kind}_s"] / figures[f"database_hand_{kind}_s"]
    return figures


@contextmanager
def _sides() -> Iterator[Sides]:
    with closing(connect()) as engine:
        tag = image(engine, POSTGRES_RECIPE)
    with TemporaryDirectory() as folder:
        root, by_hand = Path(folder, "service"), Path(folder, "by-hand")
        by_hand.mkdir(mode=0o700)
        os.chown(by_hand, USER, USER)
        bind = f"{HOST}:{_free_port()}"
        serve = [sys.executable, "-m", "databases", "serve", "--bind", bind]
        environment = os.environ | {"DATABASES_ROOT": str(root), "DATABASES_IMAGE": tag}
        client = Client(f"http://{bind}", Tokens(root).add("measuring"))

        def is_up() -> bool:
            with suppress(UnreachableError):
                client.all()
                return True
            return False

        with subprocess.Popen(serve, env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                if not eventually(is_up, within_s=UP_WITHIN_S):
                    raise MeasurementError("The service of databases does not answer")
                sides = Sides(client, tag, by_hand, secrets.token_urlsafe(16))
                yield sides
                sides.remove("drop")
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    for name, figure in database_figures().items():
        print(f"{name:30}{figure:8.2f}")
