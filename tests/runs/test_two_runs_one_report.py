"""Two runs in one checkout at the same time: each keeps what it found."""

import re

from acceptance.report.results import ResultStatus
from acceptance.report.results_file import read_results
from tests.runs.conftest import Scratch, until

STEPS = """
import os
from pathlib import Path
from acceptance.waiting import eventually

@given("it fails the first time")
def fails(context):
    assert "SECOND" in os.environ

@given("the other run has ended")
def ended(context):
    print("Now waiting", file=__import__("sys").__stdout__, flush=True)
    eventually(Path("ended").exists, what="the end of the other run", within_s=60)
"""
SCENARIOS = "  Scenario: one\n    Given it fails the first time\n\n  Scenario: two\n    Given the other run has ended\n"


def test_two_runs_in_one_checkout_take_nothing_from_each_other(scratch: Scratch):
    scratch.tell(SCENARIOS, STEPS)
    first = scratch.start("-D", "seed=off", "--jobs", "2")
    printed = until(first, "Now waiting")
    second = scratch.behave("--name", "one", SECOND="yes")
    assert second.returncode == 0, second.stdout
    (scratch.root / "ended").touch()
    rest, _ = first.communicate(timeout=60)
    (kept,) = re.findall(r"^ +(reports/\S+/site\.log)$", printed + rest, re.MULTILINE)
    assert (scratch.root / kept).exists()
    known = read_results(scratch.root / "reports/local/results.jsonl")
    assert [(run.complete, len(run.results)) for run in known.runs] == [(True, 2), (True, 1)]
    assert known.latest["told-by-a-test/one"].status is ResultStatus.PASSED
