"""Runs that go wrong outside of steps: they fail, everywhere, their clean-up is done, and no secret is shown."""

from xml.etree import ElementTree as ET

import pytest

from tests.runs.conftest import Scratch

SECRET = "peacock-feathers"
STEPS = """
import os, sys

@given("nothing in particular")
def step(context):
    pass

@given("it cleans up with {code:d}")
def cleans_up(context, code):
    context.add_cleanup(sys.exit, code)

@given("its clean-up fails")
def clean_up_fails(context):
    context.add_cleanup(open, os.environ["SOME_PASSWORD"])
"""
# Where a project stops its site and its browser.
HOOKS = """
import os, sys
from pathlib import Path
from behave.model_type import Status

def before_all(context):
    context.add_cleanup(Path("stopped").touch)
"""
TWO = "".join(f"  Scenario: {name}\n    Given nothing in particular\n\n" for name in ("one", "two"))
FAILED = ("failure", "error", "skipped")


def cases(scratch: Scratch) -> dict[str, list[str]]:
    """Return what the JUnit files say of each scenario, and of the run, that did not pass."""
    files = (scratch.root / "reports/junit").glob("*.xml")
    told = [case for file in files for case in ET.parse(file).iter("testcase")]
    return {str(case.get("name")): [part.tag for part in case if part.tag in FAILED] for case in told}


def test_a_clean_up_that_ends_the_process_ends_neither_the_run_nor_other_clean_up(scratch: Scratch):
    scratch.tell_alone(
        "  Scenario: ends\n    Given it cleans up with 0\n\n  Scenario: fails\n    Given its clean-up fails\n\n" + TWO,
        STEPS,
        HOOKS,
    )
    ran = scratch.behave("-D", "seed=off", "--junit", SOME_PASSWORD=SECRET)
    assert ran.returncode == 1
    assert cases(scratch) == {"ends": ["error"], "fails": ["error"], "one": [], "two": []}
    assert "This clean-up would have ended the whole run, with exit code 0" in ran.stdout + ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    assert (scratch.root / "stopped").exists()


@pytest.mark.parametrize(
    ("hook", "problem"),
    [
        ("def after_all(context):\n    raise ValueError(os.environ['SOME_PASSWORD'])\n", "The hook after_all failed"),
        (
            "first = before_all\n\n"
            "def before_all(context):\n    context.add_cleanup(sys.exit, 0)\n    first(context)\n",
            "This clean-up would have ended the whole run",
        ),
        ("def after_all(context):\n    context.abort()\n", "The run was aborted"),
    ],
    ids=["a hook that fails", "a clean-up that exits", "an abort"],
)
def test_an_end_that_fails_is_red_in_a_dashboard_and_stops_the_site(scratch: Scratch, hook: str, problem: str):
    scratch.tell_alone(TWO, STEPS, f"{HOOKS}\n{hook}")
    ran = scratch.behave("--junit", SOME_PASSWORD=SECRET)
    assert ran.returncode == 1
    assert cases(scratch) == {"one": [], "two": [], "The run": ["error"]}
    assert problem in (scratch.root / "reports/junit/TESTS-run.xml").read_text()
    assert problem in ran.stdout
    assert SECRET not in ran.stdout + ran.stderr
    assert (scratch.root / "stopped").exists()


def test_a_hook_that_fails_a_scenario_afterwards_fails_the_run(scratch: Scratch):
    failing = "def after_scenario(context, scenario):\n    scenario.set_status(Status.failed)\n"
    scratch.tell_alone(TWO, STEPS, f"{HOOKS}\n{failing}")
    assert scratch.behave("--junit").returncode == 1
    assert cases(scratch) == {"one": ["failure"], "two": ["failure"]}


def test_neither_a_dry_run_nor_a_feature_that_is_left_out_is_taken_for_an_empty_one(scratch: Scratch):
    scratch.tell_alone(TWO, STEPS)
    assert scratch.behave("--dry-run", "--junit").returncode == 0
    assert cases(scratch) == {}
    (scratch.root / "features/left_out.feature").write_text(
        "Feature: Left out\n\n  Scenario: one\n    Given nothing else\n"
    )
    ran = scratch.behave("--exclude=left_out")
    assert ran.returncode == 0, ran.stderr
