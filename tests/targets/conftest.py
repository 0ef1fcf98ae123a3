"""The targets that the contract is held against, each started once."""

from collections.abc import Iterator

import pytest

from features import waiting
from features.targets import TARGETS, open_target
from features.targets.base import Target


@pytest.fixture(scope="session", params=sorted(TARGETS))
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """A target of each kind there is, started."""
    opened = open_target(request.param)
    opened.start()
    waiting.set_limit(0.5)
    yield opened
    opened.stop()


@pytest.fixture(autouse=True)
def _empty(target: Target) -> None:
    target.manage("reset_site", "--site", target.site().name)
