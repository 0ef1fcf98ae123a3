"""Runs on a grid that is gone, refuses, or loses a node; and what is left of a run that was killed."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from acceptance.browsers.base import BrowserError
from acceptance.browsers.remote import GridSession
from acceptance.report.results_file import read_results
from acceptance.scratch_dir import remove_orphans
from scripts.grid import Grid, nodes_of
from tests.runs.conftest import ROOT, Scratch, copied

SCENARIOS = """
  Scenario: one
    Given Edith has opened the site
    When the node of her browser is killed the first time
    Then she opens the site again

  Scenario: two
    Given Edith has opened the site
"""
STEPS = """
import json, os, signal
from pathlib import Path
from scripts.grid import nodes_of

@given("Edith has opened the site")
@then("she opens the site again")
def opens(context):
    context.actors["Edith"].browser.open("/")

@when("the node of her browser is killed the first time")
def kill(context):
    grid, _, session = context.browsers._process.grid.url.partition("/session/")
    (node,) = [node["uri"] for node in nodes_of(grid) if session in json.dumps(node["slots"])]
    if not Path("killed").exists():
        Path("killed").touch()
        os.killpg(json.loads(os.environ["NODES"])[node], signal.SIGKILL)
"""
KILLED_AS_IT_RUNS = """
import os, signal, sys
from acceptance.browsers.base import Installed
from acceptance.browsers.remote import GridChrome
GridChrome(Installed(grid=sys.argv[1]), headless=True).start()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    yield from copied(tmp_path / "copy")


def sessions(grid: Grid) -> list[dict[str, Any]]:
    return [slot["session"] for node in nodes_of(grid.url) for slot in node["slots"] if slot["session"]]


def test_a_grid_that_is_gone_is_told_once_and_nothing_runs(scratch: Scratch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"
    ran = scratch.behave("--jobs", "2", "-D", f"browser.remote={gone}", "features/smoke.feature")
    assert ran.returncode == 2
    assert (ran.stdout + ran.stderr).count(f"No Selenium Grid answers at {gone}: ") == 1


@pytest.mark.parametrize(
    ("browser", "binary", "message"),
    [
        # It would be waited for, as if somebody could bring it.
        ("safari", "", "No node of the grid at {} has safari; they have: chrome, firefox"),
        ("chrome", "/nowhere/chrome", "The grid at {} starts no chrome: "),
    ],
)
def test_a_session_that_the_grid_refuses_is_told_and_leaves_none(running_grid: Grid, browser, binary, message):
    options = webdriver.ChromeOptions()
    options.set_capability("browserName", browser)
    options.binary_location = binary
    before = sessions(running_grid)
    with pytest.raises(BrowserError) as raised:
        GridSession(running_grid.url, options, lambda *_: None)
    assert message.format(running_grid.url) in str(raised.value)
    assert sessions(running_grid) == before


def test_no_site_that_may_only_be_looked_at_is_visited(running_grid: Grid, scratch: Scratch):
    scratch.replace("acceptance/hooks.py", "    if context.target.read_only or", "    if True or")
    scratch.replace(
        "acceptance/hooks.py", "    context.browsers.visit(", "    print('Visited');context.browsers.visit("
    )
    ran = scratch.behave("-D", f"browser.remote={running_grid.url}", "features/smoke.feature")
    assert ran.returncode == 4, ran.stdout + ran.stderr
    assert "is a production site, or may be: no browser on a grid visits it" in ran.stderr
    assert "Visited" not in ran.stdout


def test_the_session_of_a_run_that_was_killed_is_ended_by_the_next(running_grid: Grid):
    before = sessions(running_grid)
    killed = subprocess.run([sys.executable, "-c", KILLED_AS_IT_RUNS, running_grid.url], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert len(sessions(running_grid)) == len(before) + 1
    remove_orphans()
    assert sessions(running_grid) == before


# The last one: after it, the grid has one node.
def test_a_scenario_whose_node_is_lost_runs_again_on_another_and_is_told_apart(running_grid: Grid, scratch: Scratch):
    scratch.tell(SCENARIOS, STEPS)
    nodes = json.dumps({url: process.pid for url, process in running_grid.nodes.items()})
    at = ("-D", "seed=off", "-D", "site.host=127.0.0.2", "-D", f"browser.remote={running_grid.url}")
    ran = scratch.behave("--junit", *at, NODES=nodes, PYTHONPATH=str(ROOT))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "The site is at http://127.0.0.2:" in ran.stdout
    assert "2 scenarios passed, 0 failed" in ran.stdout
    again = "in a new browser, for the node of the first one was lost"
    assert f"1 ran again {again}\n" in ran.stdout
    assert f"features/told.feature:4 runs again {again}: " in ran.stderr
    assert f"It ran again {again}: Unable to" in (scratch.root / "reports/junit/TESTS-told.xml").read_text()
    known = read_results(scratch.root / "reports/local/results.jsonl").latest
    assert [bool(known[key].repeated) for key in sorted(known)] == [True, False]
    assert scratch.left_behind() == []
