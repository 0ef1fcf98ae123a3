"""Links on a machine, read by this one's own find."""

import subprocess

import pytest

from deploy.commands import Command
from deploy.server import Server, ServerError
from deploy.symlinks import name_behind


class _Here(Server):
    """A server that is this machine."""

    def __init__(self) -> None:
        """Connect to nothing."""

    def run(self, command: Command) -> str:
        line = ["sh", "-c", command.line()]
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=10)
        if done.returncode:
            raise ServerError(done.stderr)
        return done.stdout.strip()


def test_the_name_of_what_it_leads_to_whether_that_is_there_or_not(tmp_path):
    for name in ("0123456789ab", "a name"):
        (tmp_path / "current").unlink(missing_ok=True)
        (tmp_path / "current").symlink_to(tmp_path / "releases" / name)
        assert name_behind(_Here(), tmp_path / "current") == name


def test_where_no_link_is_there_is_no_name(tmp_path):
    (tmp_path / "previous").mkdir()
    assert [name_behind(_Here(), tmp_path / name) for name in ("current", "previous")] == ["", ""]


def test_what_cannot_be_told_is_an_error(tmp_path):
    with pytest.raises(ServerError, match="No such file"):
        name_behind(_Here(), tmp_path / "nowhere" / "current")
