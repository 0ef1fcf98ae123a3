"""The targets that the contract is held against, each started once."""

from collections.abc import Callable, Iterator

import pytest

from features import waiting
from features.targets.base import Target
from tests.targets.kinds import KINDS


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
