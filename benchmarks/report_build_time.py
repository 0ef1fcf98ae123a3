"""How long the report takes to make, of more scenarios than there are yet."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from behave.model import Feature
from behave.model_type import Status
from behave.parser import parse_feature

from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.pages import build
from acceptance.report.report_folder import claim

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


def pages_s() -> float:
    """Return how long 300 scenarios on 3 targets take, in s: the median of five times."""
    with tempfile.TemporaryDirectory() as folder:
        features, reports = Path(folder, "features"), Path(folder, "reports")
        features.mkdir()
        claim(reports)
        told = list(_told(features))
        for target in TARGETS:
            _ran(told, reports / target / "results.jsonl")
        return median(_seconds(reports, features) for _ in range(REPEATED))


def _told(folder: Path) -> Iterator[Feature]:
    for number in range(FEATURES):
        text = HEAD.format(number=number) + "".join(
            SCENARIO.format(number=each, feature=number) for each in range(SCENARIOS)
        )
        (folder / f"{number}.feature").write_text(text)
        yield parse_feature(text, filename=f"features/{number}.feature")


def _ran(told: list[Feature], file: Path) -> None:
    results = JsonlFormatter(file)
    for scenario in (scenario for feature in told for scenario in feature.walk_scenarios()):
        results.scenario(scenario)
        for step in scenario.all_steps:
            step.status, step.duration = Status.passed, 0.1
            results.result(step)
        scenario.clear_status()
    results.close()


def _seconds(reports: Path, features: Path) -> float:
    began = time.monotonic()
    build(reports, features)
    return time.monotonic() - began
