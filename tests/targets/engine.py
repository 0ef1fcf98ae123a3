"""What is on the container engine, and what a test puts there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import docker
from docker import DockerClient
from docker.models.containers import Container

from acceptance.images import SITE, image
from acceptance.targets.pid import this_process
from acceptance.targets.run_resources import LABEL, LOCK, PROCESS
from acceptance.waiting import eventually
from deploy.box_container import free_ports

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


@contextmanager
def engine() -> Iterator[DockerClient]:
    """Give the engine's client, and close it."""
    client = docker.from_env()
    try:
        yield client
    finally:
        client.close()


def owned(lock_folder: str = "/", process: str = "") -> list[str]:
    """Return the containers, volumes and networks of runs whose lock file is below this folder; or of one process."""
    with engine() as client:
        things: list[Any] = [
            *client.containers.list(all=True, ignore_removed=True, filters={"label": LABEL}),
            *client.volumes.list(filters={"label": LABEL}),
            *client.networks.list(filters={"label": LABEL}),
        ]
        return [
            thing.name
            for thing in things
            if _labels(thing).get(LOCK, "").startswith(lock_folder) and process in ("", _labels(thing).get(PROCESS, ""))
        ]


def owned_here() -> list[str]:
    """Return those of this process: other runs may come and go."""
    return owned(process=this_process())


def _labels(thing: Any) -> dict[str, str]:
    found: dict[str, str] = thing.attrs.get("Labels") or thing.attrs.get("Config", {}).get("Labels") or {}
    return found


@contextmanager
def by_hand(
    environment: dict[str, str],
    *,
    name: str | None = None,
    folder: str | None = None,
    at: tuple[str, int] = ("127.0.0.1", 0),
    of: str = "",
) -> Iterator[Container]:
    """Give a container of the site that somebody started: migrated, on a free port, its data in a folder if asked."""
    # Where a browser finds it, which the site cannot know: so it is told of a port that is free just now.
    address, port = at[0], at[1] or free_ports()[0]
    origin = {"SITE_ORIGIN": f"http://{environment['DJANGO_ALLOWED_HOST']}:{port}"}
    with engine() as client:
        container = client.containers.run(
            of or image(client, SITE),
            detach=True,
            name=name,
            environment=origin | environment,
            ports={"8888/tcp": (address, port)},
            volumes={folder: {"bind": "/data"}} if folder else {},
        )
        try:
            code, said = container.exec_run(["python", "manage.py", "migrate"])
            assert code == 0, said
            eventually(lambda: container.exec_run(LISTENS)[0] == 0, what="the site to listen", within_s=20)
            container.reload()
            yield container
        finally:
            container.remove(force=True, v=True)
