"""A database on a machine of its own, and servers whose settings somebody leads to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from docker.models.containers import Container

from deploy.commands import Command
from deploy.images import POSTGRES, image
from deploy.server import Server
from features.targets.databases import IN_MEMORY, PASSWORD_FILE
from features.targets.packed import packed
from features.waiting import eventually
from tests.box.serving import Serving
from tests.targets.engine import engine

PASSWORD = "only-for-this-test"


@dataclass(frozen=True)
class PostgreSQL:
    """A PostgreSQL that every machine here reaches."""

    container: Container
    address: str

    def make(self, name: str) -> str:
        """Make an empty database; return what leads to it."""
        code, said = self.container.exec_run(["createdb", "--username=postgres", name])
        assert code == 0, said
        return f"postgres://postgres:{PASSWORD}@{self.address}:5432/{name}"

    def is_ready(self) -> bool:
        return bool(self.container.exec_run(["pg_isready", "--quiet", "--host=127.0.0.1"])[0] == 0)


def postgresql(labels: dict[str, str]) -> Iterator[PostgreSQL]:
    """Start one, and remove it in the end."""
    with engine() as client:
        there = client.containers.create(
            image(client, POSTGRES),
            labels=labels,
            tmpfs={IN_MEMORY: "mode=1777"},
            environment={"PGDATA": f"{IN_MEMORY}/data"},
        )
        try:
            there.put_archive("/", packed(PASSWORD_FILE, PASSWORD))
            there.start()
            there.reload()
            (network,) = there.attrs["NetworkSettings"]["Networks"].values()
            server = PostgreSQL(there, str(network["IPAddress"]))
            eventually(server.is_ready, what="PostgreSQL", within_s=30)
            yield server
        finally:
            there.remove(force=True, v=True)


@contextmanager
def behind(there: Serving, address: str) -> Iterator[None]:
    """Let a site's .env lead to this database meanwhile, as somebody may write it by hand."""
    kept = there.run("cat", str(there.place.environment))
    others = [line for line in kept.splitlines() if not line.startswith("DJANGO_DB_PATH=")]
    try:
        _write(there, "\n".join([*others, f"DATABASE_URL='{address}'"]))
        yield
    finally:
        _write(there, kept)


def _write(there: Serving, settings: str) -> None:
    with Server(there.site) as server:
        server.run(Command(("tee", str(there.place.environment)), says="Editing", stdin=f"{settings}\n"))
    there.run("sudo", "--non-interactive", "systemctl", "restart", f"{there.place.unit}.service")
