"""A command arrives as the list of arguments that it is, and ends in yes, or no, or in an error; on real processes."""

import io
import subprocess
import sys
from unittest.mock import Mock

import pytest
from paramiko import SSHException

from acceptance.remote_command import Command
from acceptance.ssh import LostConnectionError, ServerError
from tests.deploy.this_machine import LocalChannel, ThisMachine

NASTY = [
    *("", " ", "two words", "  edges  ", "it's", 'say "hello"', "'\"'\"'", "$HOME", "$(id)", "`id`", "${PATH:-x}"),
    *("a\nb", "\n", "a\\nb", "\\", "trailing\\", "tab\there", "a;b", "a&&b", "a|b", ">out", "<in", "2>&1", "*", "?"),
    *("[a-z]", "{a,b}", "~", "~root", "#comment", "!history", "-n", "--", "A=b", "\x01\x1b[31m", "Küche", "🦚"),
    "x" * 100_000,
]
SAY_ARGUMENTS = "import sys; sys.stdout.buffer.write(b'\\0'.join(map(str.encode, sys.argv[1:])))"


def test_any_argument_arrives_through_a_shell():
    command = Command((sys.executable, "-X", "utf8", "-c", SAY_ARGUMENTS, *NASTY), step="Saying")
    said = subprocess.run(["sh", "-c", command.line()], capture_output=True, check=True, timeout=30)
    assert (said.stdout.decode().split("\0"), said.stderr) == (NASTY, b"")


def test_what_is_given_by_standard_input_is_shown_nowhere():
    secret = Command(("dd", "of=/etc/site.env"), step="Writing", stdin="open sesame")
    assert "sesame" not in f"{secret!r} {secret} {secret.line()} {secret.arguments()}"


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


def test_a_link_that_ends_as_new_keys_are_agreed_on_is_a_lost_one(monkeypatch):
    """A deploy goes back from no other errors than those of its steps."""
    lost = Mock(side_effect=SSHException("Key-exchange timed out"))
    monkeypatch.setattr(LocalChannel, "shutdown_write", lost)
    with pytest.raises(LostConnectionError, match=r"Looking: .* is gone: Key-exchange timed out"):
        ThisMachine().run(ending("exec sleep 60"))


@pytest.mark.parametrize("content", [b"", b"\xff\0 no text \n" * 100_000])
def test_any_input_arrives_whole(tmp_path, content):
    for stdin in (content, io.BytesIO(content)):
        ThisMachine().run(ending(f"cat > {tmp_path}/file", stdin=stdin))
        assert (tmp_path / "file").read_bytes() == content


def test_a_program_that_does_not_read_its_input_says_itself_why():
    with pytest.raises(ServerError, match="failed with exit code 3: no room"):
        ThisMachine().run(ending("echo no room >&2; exit 3", stdin=b"x" * 5_000_000))


@pytest.mark.parametrize("stdin", [b"", b"x" * 5_000_000])
def test_a_program_that_says_much_of_what_goes_wrong_and_nothing_else_comes_to_its_end(stdin):
    """A migration has no limit: one that logs each row would hold the site's lock for ever."""
    script = "head -c 300000 /dev/zero >&2; cat > /dev/null; echo done"
    assert ThisMachine().run(ending(script, stdin=stdin, timeout_s=10)) == "done"
