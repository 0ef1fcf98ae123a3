"""What is on the container engine, and what a test puts there."""

from collections.abc import Iterator
from contextlib import contextmanager

import docker
from docker import DockerClient
from docker.models.containers import Container

from acceptance.images import image, site_recipe
from acceptance.targets.container import _free_port
from acceptance.targets.run_resources import FOLDER, _resources, label
from acceptance.waiting import eventually

LISTENS = ["python", "-c", "from socket import create_connection; create_connection(('127.0.0.1', 8888), 1)"]
FOR_PRODUCTION = {
    "DJANGO_SECRET_KEY": "only-for-this-test-" * 4,
    "DJANGO_ALLOWED_HOST": "localhost",
    "DJANGO_DB_PATH": "/data/db.sqlite3",
}
DISPOSABLE = FOR_PRODUCTION | {
    "SITE_ENVIRONMENT": "docker",
    "SUPERLISTS_TESTING": "1",
    "EMAIL_FILE_PATH": "/data/mail",
}
STAMP = "from acceptance.django_app.models import Stamp; Stamp(site='localhost').save()"


@contextmanager
def engine() -> Iterator[DockerClient]:
    """Give the engine's client, and close it."""
    client = docker.from_env()
    try:
        yield client
    finally:
        client.close()


def owned(folder: str) -> list[str]:
    """Return the containers and volumes of runs whose folder is below this one."""
    with engine() as client:
        return [it.name for _, it, labels in _resources(client) if labels.get(label(FOLDER), "").startswith(folder)]


def run(container: Container, *command: str) -> str:
    """Return what a command in a container prints; it has to succeed."""
    code, output = container.exec_run(list(command))
    assert code == 0, output
    return b"".join([output] if isinstance(output, bytes) else output).decode()


def port_of(container: Container) -> int:
    """Return the port of this machine at which the site is."""
    return int((container.ports["8888/tcp"] or [{}])[0]["HostPort"])


@contextmanager
def by_hand(
    environment: dict[str, str],
    *,
    folder: str | None = None,
    at: tuple[str, int] = ("127.0.0.1", 0),
    of: str = "",
) -> Iterator[Container]:
    """Give a container of the site that somebody started: migrated, on a free port, its data in a folder if asked."""
    # Where a browser finds it, which the site cannot know: so it is told of a port that is free just now.
    address, port = at[0], at[1] or _free_port()
    origin = {"SITE_ORIGIN": f"http://{environment['DJANGO_ALLOWED_HOST']}:{port}"}
    with engine() as client:
        container = client.containers.run(
            of or image(client, site_recipe()),
            detach=True,
            environment=origin | environment,
            ports={"8888/tcp": (address, port)},
            volumes={folder: {"bind": "/data"}} if folder else {},
        )
        try:
            run(container, "python", "manage.py", "migrate")
            eventually(lambda: container.exec_run(LISTENS)[0] == 0, what="the site to listen", within_s=20)
            container.reload()
            yield container
        finally:
            container.remove(force=True, v=True)
