"""What a program on a server answers: yes, or no, or nothing that could be taken for either; on a real process."""

import io

import pytest

from acceptance.remote_command import Command
from acceptance.ssh import LostConnectionError, ServerError
from tests.deploy.this_machine import ThisMachine


def ending(script, **changes):
    return Command(("sh", "-c", script), step="Looking", **changes)


def test_two_exit_codes_are_answers():
    assert [ThisMachine().check(ending(f"exit {code}"), no=3) for code in (0, 3)] == [True, False]


@pytest.mark.parametrize("script", ["exit 1", "exit 2", "exit 126", "exit 127", "exit 255", "kill -9 $$"])
def test_every_other_end_is_an_error(script):
    with pytest.raises(ServerError, match="Looking"):
        ThisMachine().check(ending(script), no=3)


@pytest.mark.parametrize("script", ["kill -9 $$", "exec sleep 60"])
def test_a_step_whose_end_nobody_knows_is_told_from_one_that_failed(script):
    with pytest.raises(LostConnectionError, match="Looking"):
        ThisMachine().check(ending(script, timeout_s=0.5), no=1)


def test_a_step_whose_connection_ends_amid_it_may_still_be_running(monkeypatch):
    machine = ThisMachine()

    def ending(*_, **__):
        raise EOFError

    monkeypatch.setattr(machine._connection, "run", ending, raising=False)
    with pytest.raises(LostConnectionError, match="com is gone"):
        machine.run(Command(("true",), step="Migrating"))


@pytest.mark.parametrize("content", [b"", b"\xff\0 no text \n" * 100_000])
def test_any_input_arrives_whole(tmp_path, content):
    for stdin in (content, io.BytesIO(content)):
        ThisMachine().run(ending(f"cat > {tmp_path}/file", stdin=stdin))
        assert (tmp_path / "file").read_bytes() == content


def test_a_program_that_does_not_read_its_input_says_itself_why():
    with pytest.raises(ServerError, match="failed with exit code 3: no room"):
        ThisMachine().run(ending("echo no room >&2; exit 3", stdin=b"x" * 5_000_000))
