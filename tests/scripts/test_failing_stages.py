"""What judges all tests sees a stage that fails, hangs, or is not there."""

import sys

import pytest

from scripts.test_all import Stage, failed_in_turn


@pytest.mark.parametrize(
    ("command", "limit_s", "failed"),
    [
        (["-c", "print('all is well')"], 60, []),
        (["-c", "raise SystemExit(1)"], 60, ["a stage"]),
        (["-c", "import time; time.sleep(600)"], 0.5, ["a stage"]),
        (["-m", "no.such.module"], 60, ["a stage"]),
    ],
    ids=["passes", "fails", "hangs", "is missing"],
)
def test_a_stage_is_judged(command, limit_s, failed, capsys):
    assert failed_in_turn([Stage("a stage", [sys.executable, *command], limit_s)]) == failed
    assert ("a stage: passed" in capsys.readouterr().out) == (not failed)


def test_a_stage_after_one_that_failed_is_run_all_the_same():
    ends = [
        Stage(name, [sys.executable, "-c", f"raise SystemExit({code})"])
        for name, code in (("one", 1), ("two", 0), ("three", 3))
    ]
    assert failed_in_turn(ends) == ["one", "three"]
