"""Fixtures of all tests that start containers, for their conftest to import."""

from collections.abc import Iterator

import pytest
from docker import DockerClient

from acceptance.docker_client import connect
from acceptance.targets.run_resources import RunResources
from tests.targets.engine import engine


@pytest.fixture(scope="session")
def client() -> Iterator[DockerClient]:
    """The engine of this machine."""
    with engine() as opened:
        yield opened


@pytest.fixture(scope="session")
def owned() -> Iterator[RunResources]:
    """What everything that tests start has to bear; what a killed run left is removed."""
    resources = RunResources(connect())
    resources.remove_orphans()
    yield resources
    resources.remove()
