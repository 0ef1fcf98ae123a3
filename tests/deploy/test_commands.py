"""A command is a list of arguments, and arrives as that list."""

import subprocess
import sys

import pytest

from acceptance.remote_command import Command

NASTY = [
    "",
    " ",
    "two words",
    "  edges  ",
    "it's",
    'say "hello"',
    "'\"'\"'",
    "$HOME",
    "$(id)",
    "`id`",
    "${PATH:-x}",
    "a\nb",
    "\n",
    "a\\nb",
    "\\",
    "trailing\\",
    "tab\there",
    "return\rhere",
    "a;b",
    "a&&b",
    "a|b",
    ">out",
    "<in",
    "2>&1",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "~",
    "~root",
    "#comment",
    "!history",
    "-n",
    "--",
    "A=b",
    "\x01\x1b[31m",
    "Küche",
    "買い物",
    "🦚",
    "e\u0301",
    "\u202eabc",
    "x" * 100_000,
]
SAY_ARGUMENTS = "import sys; sys.stdout.buffer.write(b'\\0'.join(map(str.encode, sys.argv[1:])))"


def arrived(command):
    said = subprocess.run(["sh", "-c", command.line()], capture_output=True, check=True, timeout=30)
    assert said.stderr == b""
    return said.stdout.decode().split("\0")


def command(*arguments, **others):
    return Command((sys.executable, "-X", "utf8", "-c", SAY_ARGUMENTS, *arguments), says="Saying", **others)


@pytest.mark.parametrize("argument", NASTY, ids=lambda argument: ascii(argument)[:20])
def test_any_argument_arrives_through_a_shell(argument):
    assert arrived(command(argument, "after")) == [argument, "after"]


def test_all_of_them_arrive_together_in_their_order():
    assert arrived(command(*NASTY)) == NASTY


def test_nothing_runs_beside_the_program(tmp_path):
    arrived(command(f"; touch {tmp_path}/made", f"$(touch {tmp_path}/made)", f"`touch {tmp_path}/made`"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("whose", "before"),
    [
        ({}, []),
        ({"sudo": True}, ["sudo", "--non-interactive", "--"]),
        ({"user": "superlists-staging"}, ["sudo", "--non-interactive", "--user=superlists-staging", "--"]),
    ],
)
def test_who_runs_it_stands_in_front(whose, before):
    whoami = Command(("whoami", "it's me"), says="Asking", **whose)
    assert whoami.arguments() == [*before, "whoami", "it's me"]
    assert whoami.line() == " ".join([*before, "whoami", "'it'\"'\"'s me'"])


def test_who_runs_it_can_be_changed_and_nothing_else_is():
    whoami = Command(("whoami",), says="Asking", stdin="x", timeout_s=5)
    assert whoami.as_root() == Command(("whoami",), says="Asking", stdin="x", timeout_s=5, sudo=True)
    assert whoami.as_root().as_user("edith") == Command(
        ("whoami",), says="Asking", stdin="x", timeout_s=5, user="edith"
    )
    assert whoami.as_user("edith").as_root() == whoami.as_root()
    assert whoami.as_root().as_login() == whoami.as_user("edith").as_login() == whoami


def test_nobody_is_both_root_and_someone_else():
    with pytest.raises(ValueError, match="whoami runs as root or as edith, not both"):
        Command(("whoami",), says="", sudo=True, user="edith")


@pytest.mark.parametrize("user", ["", "#0", "-u", "two words", "Edith", "$(id)", "root\n"])
def test_an_account_is_named_by_its_name(user):
    with pytest.raises(ValueError, match="is not an account's name"):
        Command(("whoami",), says="", user=user)


@pytest.mark.parametrize("argv", [(), ("",)])
def test_there_is_a_program(argv):
    with pytest.raises(ValueError, match="a command needs a program"):
        Command(argv, says="")


def test_no_argument_can_be_cut_short():
    with pytest.raises(ValueError, match="no argument can hold a NUL"):
        Command(("echo", "a\0b"), says="")


def test_what_is_given_by_standard_input_is_shown_nowhere():
    secret = Command(("dd", "of=/etc/site.env"), says="Writing", stdin="open sesame")
    assert "sesame" not in f"{secret!r} {secret} {secret.line()} {secret.arguments()}"


def test_a_command_does_not_change():
    whoami = Command(("whoami",), says="Asking")
    with pytest.raises(AttributeError):
        whoami.sudo = True  # type: ignore[misc]
    assert len({whoami, Command(("whoami",), says="Asking")}) == 1
