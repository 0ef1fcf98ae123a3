"""More scenarios than there are yet, in a browser that only sleeps: what the coordinator and the report take."""

import shutil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from acceptance.report.pages import build
from benchmarks.deploys import seconds
from benchmarks.recorder import Run
from benchmarks.rounds import MeasurementError, run_recorded

FEW, MANY, WORKERS = 100, 1000, 8
FEATURES = 10
REPORTED, OTHER_TARGETS, REPEATED = 300, ("docker", "staging"), 5
HEAD = """Feature: Sleeping, part {number}

  Edith cannot do it all alone.
  She sleeps on it.

  Rule: Whoever sleeps does nothing
"""
SCENARIO = """
    Scenario: Nap {nap} of part {number}
      Given the browser sleeps
      And the browser sleeps
      When the browser sleeps
      Then the browser sleeps
        | item                |
        | 1: Hang the bunting |
        | 2: Borrow a ladder  |
"""
STEPS = """
from time import sleep
from behave import step

@step("the browser sleeps")
def sleeps(context):
    sleep(0.002)
"""


def generated_figures() -> dict[str, float]:
    """Return what the coordinator takes for each scenario, in ms and MB, and the report, in s."""
    with TemporaryDirectory() as folder:
        few, many = (run_generated(Path(folder, str(scenarios)), scenarios) for scenarios in (FEW, MANY))
        return {
            "coordinator_ms": 1000 * (many.cpu_s - few.cpu_s) / (MANY - FEW),
            "coordinator_mb": many.peak_mb - few.peak_mb,
            "report_build_s": report_build_s(Path(folder, "report"), REPORTED),
        }


def run_generated(folder: Path, scenarios: int) -> Run:
    """Run so many scenarios that only sleep; return what the coordinator of their workers took."""
    features = folder / "features"
    (features / "steps").mkdir(parents=True)
    (features / "steps" / "sleeping_steps.py").write_text(STEPS)
    (features / "environment.py").touch()
    for number in range(FEATURES):
        naps = [SCENARIO.format(nap=nap, number=number) for nap in range(scenarios // FEATURES)]
        (features / f"{number}.feature").write_text(HEAD.format(number=number) + "".join(naps))
    arguments = ("--format=null", "--jobs", str(WORKERS), "-D", "report=no", str(features))
    return run_recorded("suite", *arguments, scenarios=(), environment={"SUPERLISTS_REPORTS": str(folder / "reports")})


def report_build_s(folder: Path, scenarios: int) -> float:
    """Return how long the pages take where all scenarios have run on three targets: the median of five times.

    Raises MeasurementError where a page is missing.
    """
    run_generated(folder, scenarios)
    reports = folder / "reports"
    for target in OTHER_TARGETS:
        shutil.copytree(reports / "local", reports / target)
    took = median(seconds(lambda: build(reports, folder / "features")) for _ in range(REPEATED))
    pages, expected = len([*(reports / "site").rglob("*.html")]), 1 + scenarios * (1 + len(OTHER_TARGETS))
    if pages != expected:
        raise MeasurementError(f"The report has {pages} pages instead of {expected}")
    return took
