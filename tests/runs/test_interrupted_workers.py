"""Runs with several workers that are ended from outside, with real sites and browsers: nothing is left."""

import os
import signal
import subprocess

import pytest

from tests.runs.conftest import Scratch, until

WAITING = "Now waiting"
TWO = ("--jobs", "2", "-D", "seed=off")
STEPS = f"""
import sys
from features.pages.home_page import HomePage

@given("Edith looks, and waits for ever")
def waits(context):
    HomePage.visited_by(context.actors["Edith"])
    print("{WAITING}", file=sys.__stdout__, flush=True)
    time.sleep(60)

@given("Edith looks")
def looks(context):
    HomePage.visited_by(context.actors["Edith"])
"""
BLOCK = f"import sys, time; print('{WAITING}', file=sys.__stdout__, flush=True); time.sleep(%s)"


def scenarios(step: str) -> str:
    return "\n".join(f"  Scenario: number {n}\n    Given {step}\n" for n in range(3))


def started(scratch: Scratch) -> "subprocess.Popen[str]":
    """Start a run, and return once both workers wait."""
    process = scratch.start(*TWO)
    until(process, WAITING, times=2)
    return process


def at_the_start(scratch: Scratch) -> None:
    scratch.tell(scenarios("Edith looks"), STEPS)
    place = "    return str(_LiveSite.live_server_url)"
    scratch.replace("acceptance/targets/django_server.py", place, f"    {BLOCK % 60}\n{place}")


def amid(scratch: Scratch) -> None:
    scratch.tell(scenarios("Edith looks, and waits for ever"), STEPS)


def at_the_end(scratch: Scratch) -> None:
    scratch.tell(scenarios("Edith looks"), STEPS)
    place = "        # Without a process"
    scratch.replace("acceptance/browsers/chromium.py", place, f"        {BLOCK % 2}\n{place}")


@pytest.mark.parametrize("moment", [at_the_start, amid, at_the_end])
def test_ctrl_c_ends_all_workers_and_leaves_nothing(scratch: Scratch, moment):
    moment(scratch)
    process = started(scratch)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "The run was interrupted" in printed
    assert "Traceback" not in printed
    assert scratch.left_running(0) == []
    assert scratch.left_behind() == []


def test_workers_whose_coordinator_is_killed_end_and_leave_nothing(scratch: Scratch):
    amid(scratch)
    process = started(scratch)
    process.kill()
    process.communicate(timeout=30)
    assert scratch.left_running(20) == []
    assert scratch.left_behind() == []
