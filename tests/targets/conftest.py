"""The targets that the contract is held against, each started once."""

from collections.abc import Callable, Iterator

import pytest
from behave.configuration import Configuration

from features import waiting
from features.config import Config
from features.targets import open_target
from features.targets.base import Target
from features.targets.container import run_manage
from features.targets.docker import DockerTarget


class PlainDockerTarget(DockerTarget):
    """A container with no channel: each fixture is a `docker exec … manage.py`, as a person types it."""

    def start(self) -> None:
        super().start()
        self.let_go()

    def manage(self, command: str, *args: str) -> str:
        assert self.container
        return run_manage(self.container, command, *args)


def config(**changes: str) -> Config:
    given = [argument for name, value in changes.items() for argument in ("-D", f"{name}={value}")]
    return Config.read(Configuration(given).userdata)


KINDS: dict[str, Callable[[], Target]] = {
    "local": lambda: open_target(config(target="local")),
    "docker": lambda: open_target(config(target="docker")),
    "docker-postgres": lambda: open_target(config(target="docker", database="postgres")),
    "docker-exec": lambda: PlainDockerTarget(config(target="docker")),
}


@pytest.fixture(scope="session", params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def unstarted(kind: str) -> Callable[[], Target]:
    """Another target of the same kind, not started."""
    return KINDS[kind]


@pytest.fixture(scope="session")
def target(kind: str) -> Iterator[Target]:
    """A target of each kind there is, started."""
    opened = KINDS[kind]()
    opened.start()
    waiting.set_limit(2)
    yield opened
    opened.stop()


@pytest.fixture(autouse=True)
def _empty(target: Target) -> None:
    target.manage("reset_site", "--site", target.site().name)
