"""One service for most tests, and the clearing up after each of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from docker.errors import NotFound

from acceptance.images import image
from acceptance.targets.container import POSTGRES_RECIPE
from acceptance.targets.run_resources import RunResources
from databases.databases import Databases
from databases.settings import Settings
from tests.databases.service import Client, Service, containers, running
from tests.targets.engine_fixtures import client, owned

__all__ = ["client", "owned"]


@pytest.fixture(scope="session")
def new_service(
    client: DockerClient, owned: RunResources, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Service]:
    """Makes services, each on a folder of its own, none of them started."""

    def make(root: Path | None = None, **changes: str) -> Service:
        root = root or tmp_path_factory.mktemp("service") / "root"
        return Service(root, image(client, POSTGRES_RECIPE), owned.labels, changes)

    return make


@pytest.fixture(scope="session")
def service(new_service: Callable[..., Service]) -> Iterator[Service]:
    """The service that most tests ask."""
    with running(new_service(DATABASES_LIMIT="8")) as service:
        yield service


@pytest.fixture
def in_process(service: Service, client: DockerClient, tmp_path: Path) -> Callable[..., Databases]:
    """Makes what a service makes of a root folder, without the service: a process of its own costs seconds."""

    def make(root: Path | None = None, **changes: Any) -> Databases:
        usual: dict[str, Any] = {"root": root or tmp_path / "root", "image": service.image, "labels": service.labels}
        return Databases(client, Settings(**usual | changes))

    return make


@pytest.fixture(autouse=True)
def docker_cleanup(client: DockerClient, owned: RunResources) -> Iterator[None]:
    """Remove exactly the containers that this test started, however it ended."""
    label = {"label": [f"superlists={owned.run}", "databases.root"]}
    before = {found["Id"] for found in client.api.containers(all=True, filters=label)}
    yield
    for found in client.api.containers(all=True, filters=label):
        if found["Id"] not in before:
            try:
                client.api.remove_container(found["Id"], force=True, v=True)
            except NotFound:
                continue


@pytest.fixture
def edith(service: Service, client: DockerClient) -> Iterator[Client]:
    """Somebody who has nothing yet, and leaves nothing."""
    asking = service.client("edith")
    assert containers(client, service.root) == []
    yield asking
    for found in asking.all():
        asking.delete(found["id"], data="drop")
