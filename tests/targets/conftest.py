"""The targets that the contract is held against, each started once."""

from collections.abc import Callable, Iterator

import pytest

from acceptance import waiting
from acceptance.targets.base import Target
from acceptance.targets.container import ExistingContainer, OwnContainer
from tests.targets.engine import owned
from tests.targets.engine_fixtures import client
from tests.targets.kinds import KINDS, config

__all__ = ["client"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kinds", default=",".join(KINDS), help="the kinds of target to hold the contract against")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", metafunc.config.getoption("--kinds").split(","), scope="session")


@pytest.fixture(scope="session")
def unstarted(kind: str) -> Iterator[Callable[[], Target]]:
    """Makes targets of one kind, not started."""
    with KINDS[kind]() as make:
        yield make


@pytest.fixture(scope="session")
def target(unstarted: Callable[[], Target]) -> Iterator[Target]:
    """A target of each kind there is, started."""
    opened = unstarted()
    opened.start()
    waiting.set_limit(2)
    yield opened
    opened.stop()


@pytest.fixture
def existing():
    """Look at a container; it goes on running afterwards."""
    opened = []

    def look(name, **changes):
        target = ExistingContainer(config(target="docker", docker_container=name, **changes))
        opened.append(target)
        target.start()
        return target

    yield look
    for target in opened:
        target.stop()


@pytest.fixture(params=["sqlite"])
def started(request):
    """A target that is up; what is its own is gone afterwards."""
    target = OwnContainer(config(target="docker", database=request.param))
    target.start()
    assert target._resources
    folder = str(target._resources.folder)
    assert owned(folder)
    yield target
    target.stop()
    assert owned(folder) == []
