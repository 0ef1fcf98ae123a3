"""What judges all tests sees a stage that fails, hangs, runs nothing, or is not there."""

import subprocess
import sys

import pytest

from scripts import test_all
from scripts.test_all import Stage, failed_in_turn, uncovered


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


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(test_all, "RESULTS", tmp_path)
    monkeypatch.setattr(test_all, "COVERAGE", tmp_path / ".coverage")
    return tmp_path


@pytest.mark.parametrize(
    ("results", "coverage", "problem"),
    [
        ({"one.xml": "<testcase/>", "two/a.xml": "<testcase/>"}, ".coverage.part.host.1", ""),
        ({"one.xml": "<testcase/>", "two/a.xml": ""}, ".coverage.part", "no test ran: two/*.xml"),
        (
            {"one.xml": "<testcase><skipped/></testcase>", "two/a.xml": "<testcase/>"},
            ".coverage.part",
            "no test ran: one",
        ),
        ({"one.xml": "<testcase/>"}, ".coverage.part", "no test ran: two/*.xml"),
        ({"one.xml": "<testcase/>", "two/a.xml": "<testcase/>"}, ".coverage", "no coverage was written: part"),
    ],
    ids=["all is there", "no tests", "skipped tests", "no file", "no coverage"],
)
def test_a_stage_that_ran_nothing_fails_though_it_ends_well(reports, capsys, results, coverage, problem):
    for name, cases in results.items():
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text(f"<testsuite>{cases}</testsuite>")
    (reports / coverage).touch()
    stage = Stage("a stage", [sys.executable, "-c", ""], results=("one.xml", "two/*.xml"), covered="part")
    assert failed_in_turn([stage]) == ["a stage"] * bool(problem)
    assert f"a stage: {f'failed, {problem}' if problem else 'passed'}" in capsys.readouterr().out


def test_rooms_without_coverage_fail(reports, monkeypatch):
    assert uncovered() == ["coverage, which cannot be combined"]
    (reports / ".coverage.broken").write_text("no database")
    assert uncovered() == ["coverage, which cannot be combined"]
    (reports / ".coverage.broken").unlink()
    program = reports / "program.py"
    program.write_text("print()\n")
    run = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        "--rcfile=/dev/null",
        f"--data-file={reports}/.coverage.part",
        program,
    ]
    subprocess.run(run, check=True)
    monkeypatch.setattr(test_all, "COVERED", {"a room that no stage has run": 95})
    assert uncovered() == ["coverage of a room that no stage has run"]
