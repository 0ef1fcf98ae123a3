"""The contract of all targets, held against a site on a server."""

from collections.abc import Callable, Iterator

import pytest

from acceptance import waiting
from acceptance.targets import open_target
from acceptance.targets.base import Target
from tests.box.deployed_site import DeployedSite
from tests.targets import test_contract
from tests.targets.kinds import config

# Every test of the contract, and what is done before each.
globals().update({name: told for name, told in vars(test_contract).items() if name.startswith(("test_", "_empty"))})


@pytest.fixture(scope="module")
def unstarted(either: DeployedSite) -> Callable[[], Target]:
    return lambda: open_target(config(target="staging", sites=str(either.sites), mailbox="server"))


@pytest.fixture(scope="module")
def target(unstarted: Callable[[], Target]) -> Iterator[Target]:
    before = waiting.limit()
    opened = unstarted()
    opened.start()
    waiting.set_limit(2)
    yield opened
    opened.stop()
    waiting.set_limit(before)
