"""A command is a list of arguments, and arrives as that list."""

import subprocess
import sys

from acceptance.remote_command import Command

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
