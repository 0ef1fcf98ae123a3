import os
import re
import signal
import subprocess

import pytest

from tests.runs.conftest import Scratch, until

WAITING = "Now waiting"
STEPS = f"""
from features.pages.home_page import HomePage
import sys

@given("Edith and Boris wait for ever")
def waits(context):
    [HomePage.visited_by(context.actors[who]) for who in ("Edith", "Boris")]
    print("{WAITING}", file=sys.__stdout__, flush=True)
    time.sleep(60)

@given("nobody comes here any more")
def never(context):
    print("Should not run", file=sys.__stdout__, flush=True)
"""
SCENARIOS = (
    "  Scenario: wait\n    Given Edith and Boris wait for ever\n\n"
    "  Scenario: never\n    Given nobody comes here any more\n"
)
BLOCK = f"print('{WAITING}', flush=True); time.sleep(60)"


def interrupt(scratch: Scratch, how: signal.Signals, *arguments: str, group: bool, times: int = 1) -> tuple[int, str]:
    """Start a run, interrupt it each time it waits, and return its exit code and what it printed."""
    process = scratch.start("-D", "seed=off", *arguments)
    printed = ""
    for _ in range(times):
        printed += until(process, WAITING)
        (os.killpg if group else os.kill)(process.pid, how)
    try:
        rest, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"The run did not end:\n{printed}")
    return process.returncode, printed + rest


def assert_nothing_left(scratch: Scratch, code: int, printed: str) -> None:
    assert code == 130, printed
    assert "The run was interrupted" in printed
    assert "No scenario ran" not in printed
    assert "Should not run" not in printed
    assert scratch.left_running() == [], printed
    assert scratch.left_behind() == [], printed


def test_a_run_that_a_supervisor_ends_in_a_scenario_leaves_nothing(scratch: Scratch):
    scratch.tell(SCENARIOS, STEPS)
    assert_nothing_left(scratch, *interrupt(scratch, signal.SIGTERM, group=False))
    headline = "The last run on local was interrupted: 1 of 2 scenarios did not run"
    assert headline in (scratch.root / "reports/site/index.html").read_text()


def test_ctrl_c_as_the_browser_starts_beside_the_site_leaves_nothing(scratch: Scratch):
    scratch.tell(SCENARIOS, STEPS)
    place = '            address = driver.capabilities["goog:chromeOptions"]'
    slowly = f"            import time; {BLOCK.replace('flush', 'file=sys.__stdout__, flush').replace('60', '2')}"
    scratch.replace("acceptance/browsers/chromium.py", place, f"            import sys\n{slowly}\n{place}")
    assert_nothing_left(scratch, *interrupt(scratch, signal.SIGINT, group=True))


WELL = """
@given("all is well")
def well(context):
    pass
"""
KILLING = "        # Without a process"


def test_a_clean_up_is_not_interrupted(scratch: Scratch):
    # By Ctrl-C, which goes to the browser as well: in the scenario first.
    scratch.tell(SCENARIOS, STEPS)
    # The browser ends, and the report is made.
    for file, place in (
        ("acceptance/browsers/chromium.py", KILLING),
        ("acceptance/report/pages.py", "    claim(reports)\n"),
    ):
        indent = " " * (len(place) - len(place.lstrip()))
        slowly = f"{indent}import sys, time; " + BLOCK.replace("flush", "file=sys.__stdout__, flush").replace("60", "2")
        scratch.replace(file, place, f"{slowly}\n{place}")
    code, printed = interrupt(scratch, signal.SIGINT, group=True, times=3)
    assert_nothing_left(scratch, code, printed)
    assert "Report: " in printed


def test_a_killed_run_is_red_everywhere_and_the_next_one_removes_what_it_left(scratch: Scratch):
    scratch.tell("  Scenario: before\n    Given all is well\n\n" + SCENARIOS, WELL + STEPS)
    interrupt(scratch, signal.SIGKILL, "--junit", group=False)
    assert "The run has not come to its end" in (scratch.root / "reports/junit/TESTS-run.xml").read_text()
    assert scratch.python("-m", "acceptance.report").returncode == 0
    page = (scratch.root / "reports/site/index.html").read_text()
    assert "The last run on local was broken off" in page
    assert "the last run was killed before its end" in page
    assert re.findall(r'class="pill ([a-z-]+)"', page) == ["passed", "broken-off", "not-run"]
    assert scratch.left_running(0) != []
    assert scratch.left_behind() != []
    assert scratch.behave("--tags=@none").returncode == 3
    assert scratch.left_running() == []
    assert scratch.left_behind() == []
