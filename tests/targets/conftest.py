"""The targets that the contract is held against, each started once."""

from collections.abc import Callable, Iterator

import pytest

from acceptance import waiting
from acceptance.targets.base import Target
from acceptance.targets.container import DockerTarget
from acceptance.targets.existing_container import RunningTarget
from acceptance.targets.run_resources import LOCK
from tests.targets.engine import owned
from tests.targets.kinds import KINDS, config


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kinds", default=",".join(KINDS), help="the kinds of target to hold the contract against")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", metafunc.config.getoption("--kinds").split(","), scope="session")


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


@pytest.fixture
def running():
    """Look at a container; it goes on running afterwards."""
    opened = []

    def look(name, **changes):
        target = RunningTarget(config(target="docker", docker_container=name, **changes))
        opened.append(target)
        target.start()
        return target

    yield look
    for target in opened:
        target.stop()
        target.stop()


@pytest.fixture(params=["sqlite"])
def started(request):
    """A target that is up; what it owns is gone afterwards."""
    target = DockerTarget(config(target="docker", database=request.param))
    target.start()
    assert target._owned
    lock = target._owned.labels[LOCK]
    assert owned(lock)
    yield target
    target.stop()
    assert owned(lock) == []
