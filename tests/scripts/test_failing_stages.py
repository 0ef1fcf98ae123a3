"""What judges all tests sees a stage that fails, hangs, runs nothing, or is not there."""

import subprocess
import sys

import pytest

from scripts import test_all
from scripts.test_all import Stage, failed_in_turn, uncovered

STAGES = {
    "passes": (["-c", "print('all is well')"], 60),
    "fails": (["-c", "raise SystemExit(1)"], 60),
    "hangs": (["-c", "import time; time.sleep(600)"], 0.5),
    "is missing": (["-m", "no.such.module"], 60),
    "fails last": (["-c", "raise SystemExit(3)"], 60),
}


def test_each_stage_is_judged_also_after_one_that_failed(capsys):
    stages = [Stage(name, [sys.executable, *command], limit_s) for name, (command, limit_s) in STAGES.items()]
    assert failed_in_turn(stages) == ["fails", "hangs", "is missing", "fails last"]
    assert capsys.readouterr().out.count(": passed") == 1


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.setattr(test_all, "RESULTS", tmp_path)
    monkeypatch.setattr(test_all, "COVERAGE", tmp_path / ".coverage")
    return tmp_path


RAN, SKIPPED = "<testcase/>", "<testcase><skipped/></testcase>"


@pytest.mark.parametrize(
    ("results", "coverage", "problem"),
    [
        ({"one.xml": RAN, "two/a.xml": RAN}, ".coverage.part.host.1", ""),
        ({"one.xml": RAN, "two/a.xml": ""}, ".coverage.part", "no test ran: two/*.xml"),
        ({"one.xml": SKIPPED, "two/a.xml": RAN}, ".coverage.part", "no test ran: one"),
        ({"one.xml": RAN}, ".coverage.part", "no test ran: two/*.xml"),
        ({"one.xml": RAN, "two/a.xml": RAN}, ".coverage", "no coverage was written: part"),
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
    options = ["--rcfile=/dev/null", f"--data-file={reports}/.coverage.part"]
    subprocess.run([sys.executable, "-m", "coverage", "run", *options, program], check=True)
    monkeypatch.setattr(test_all, "COVERED", {"a room that no stage has run": 95})
    assert uncovered() == ["coverage of a room that no stage has run"]
