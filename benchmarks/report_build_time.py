"""How long the report takes to build, of more scenarios than there are yet."""

import tempfile
from pathlib import Path
from statistics import median

from behave.model_type import Status
from behave.parser import parse_feature

from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.pages import build
from acceptance.report.report_folder import claim
from benchmarks.deploys import seconds

TARGETS = ("local", "docker", "staging")
FEATURES, SCENARIOS = 30, 10
REPEATED = 5
HEAD = """Feature: Number {number}

  Edith cannot do it all alone.
  She shares it.

  Rule: One of {number}
"""
SCENARIO = """
    Scenario: Edith forgot number {number}.{feature}
      Given Edith has a list called "Hang the bunting"
      And Edith has shared "Hang the bunting" with Onesiphorus
      When Onesiphorus adds "Borrow a ladder" to "Hang the bunting"
      Then Edith finds on "Hang the bunting"
        | item                |
        | 1: Hang the bunting |
        | 2: Borrow a ladder  |
"""


def report_build_s() -> float:
    """Return how long 300 scenarios on 3 targets take, in s: the median of five times."""
    with tempfile.TemporaryDirectory() as folder:
        features, reports = Path(folder, "features"), Path(folder, "reports")
        features.mkdir()
        claim(reports)
        for number in range(FEATURES):
            scenarios = [SCENARIO.format(number=each, feature=number) for each in range(SCENARIOS)]
            (features / f"{number}.feature").write_text(HEAD.format(number=number) + "".join(scenarios))
        for target in TARGETS:
            _write_results(features, reports / target / "results.jsonl")
        return median(seconds(lambda: build(reports, features)) for _ in range(REPEATED))


def _write_results(features: Path, file: Path) -> None:
    results = JsonlFormatter(file)
    for number in range(FEATURES):
        name = f"{number}.feature"
        for scenario in parse_feature((features / name).read_text(), filename=f"features/{name}").walk_scenarios():
            results.scenario(scenario)
            for step in scenario.all_steps:
                step.status, step.duration = Status.passed, 0.1
                results.result(step)
    results.close()
