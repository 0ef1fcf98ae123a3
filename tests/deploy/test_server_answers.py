"""What a program on a server answers: yes, or no, or nothing that could be taken for either."""

import pytest

from acceptance.remote_command import Command
from acceptance.ssh import ServerError
from tests.deploy.this_machine import ThisMachine


def ending(script, **changes):
    return Command(("sh", "-c", script), says="Looking", **changes)


def test_two_exit_codes_are_answers():
    assert [ThisMachine().tells(ending(f"exit {code}"), no=3) for code in (0, 3)] == [True, False]


@pytest.mark.parametrize("script", ["exit 1", "exit 2", "exit 126", "exit 127", "exit 255", "kill -9 $$"])
def test_every_other_end_is_an_error(script):
    with pytest.raises(ServerError, match="Looking"):
        ThisMachine().tells(ending(script), no=3)


def test_a_look_that_stalls_is_an_error():
    with pytest.raises(ServerError, match="Looking"):
        ThisMachine().tells(ending("exec sleep 60", timeout_s=0.2), no=1)
