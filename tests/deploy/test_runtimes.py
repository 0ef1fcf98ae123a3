"""Which runtime a server was provisioned for is seen by its files."""

from pathlib import PurePosixPath

import pytest

from deploy.runtimes import RUNTIMES, other_runtime
from tests.deploy.this_machine import layout


class _Host:
    """A server with these files."""

    def __init__(self, *paths: PurePosixPath) -> None:
        self._paths = paths

    def is_there(self, path: PurePosixPath) -> bool:
        return path in self._paths


@pytest.mark.parametrize(("runtime", "other"), [("virtualenv", "docker"), ("docker", "virtualenv")])
def test_a_server_tells_which_other_runtime_it_was_provisioned_for(runtime, other):
    mine = layout(runtime=runtime)
    marks = {name: RUNTIMES[name].mark(mine) for name in RUNTIMES}
    found = [other_runtime(mine.site, _Host(*paths), mine) for paths in ((), (marks[runtime],), (marks[other],))]  # type: ignore[arg-type]
    assert found == ["", "", other]
