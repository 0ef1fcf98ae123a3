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


def test_what_failed_is_told_before_the_pause(scratch: Scratch):
    scratch.replace("acceptance/browsers/chromium.py", "        if self._headless:\n", "        if True:\n")
    scratch.tell("  Scenario: one\n    Given it fails\n", FAILS)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "behave", "--no-color", *ON_FAILURE]
    environment = scratch.environment(DISPLAY=":0")
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
