import os
import pty
import sys
from subprocess import STDOUT, Popen

from tests.runs.conftest import Scratch

# The browser stays out of sight, for there may be no screen here.
FAILS = """
@given("it fails")
def fails(context):
    assert False, "Edith is not amused"
"""
ON_FAILURE = ("-D", "pause=on-failure", "-D", "headless=no")


def failing(scratch: Scratch) -> Scratch:
    scratch.replace("acceptance/browsers/chromium.py", "        if self._headless:\n", "        if True:\n")
    scratch.tell("  Scenario: one\n    Given it fails\n", FAILS)
    return scratch


def test_what_failed_is_told_before_the_pause(scratch: Scratch):
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "behave", "--no-color", *ON_FAILURE]
    environment = failing(scratch).environment(DISPLAY=":0")
    process = Popen(command, cwd=scratch.root, env=environment, stdin=theirs, stdout=theirs, stderr=STDOUT)
    printed = ""
    while "Press Enter to go on." not in printed:
        printed += os.read(ours, 4096).decode()
    assert process.poll() is None
    assert printed.index("Edith is not amused") < printed.index("Paused after: Given it fails")
    os.write(ours, b"\n")
    os.close(theirs)
    assert process.wait(20) == 1
    os.close(ours)


def test_a_run_without_a_terminal_is_not_paused_and_says_so(scratch: Scratch):
    ran = failing(scratch).behave(*ON_FAILURE, DISPLAY=":0")
    assert ran.returncode == 1
    assert "Edith is not amused\nNot paused: standard input is no terminal." in ran.stderr
