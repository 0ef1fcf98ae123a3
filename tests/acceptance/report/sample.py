"""Features and runs that a test makes up, and what the pages say of them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from behave.model import Feature
from behave.model_type import Status
from behave.parser import parse_feature
from bs4 import BeautifulSoup

from acceptance.exit_code import Outcome
from acceptance.report.jsonl_formatter import JsonlFormatter
from acceptance.report.results import ScenarioResult
from acceptance.report.results_file import read_results

SHARING = """
Feature: Sharing a list

  Edith cannot do it all alone.
  She shares her list.

  Background:
    Given Edith is logged in

  Rule: A friend can help

    Scenario: The friend finds the list
      When Edith shares "Hang the bunting" with Onesiphorus
      Then Onesiphorus finds among the lists
        | name             |
        | Hang the bunting |

    @slow
    Scenario: The friend helps
      When Onesiphorus adds "<script>alert(1)</script>" to it
      Then Edith sees it

  Rule: Nobody else can

    @smoke
    Scenario Outline: Somebody <else> looks
      Then <else> finds nothing

      Examples:
        | else  |
        | Boris |
        | Zoë   |
"""
FINDS, HELPS = "sharing-a-list/the-friend-finds-the-list", "sharing-a-list/the-friend-helps"
SITE = {"site": "superlists", "environment": "docker", "release": "abc1234", "address": "http://127.0.0.1:1"}


def feature(text: str = SHARING, filename: str = "features/sharing.feature") -> Feature:
    return parse_feature(text.lstrip("\n"), filename=filename)


def first_scenario() -> Any:
    return next(iter(feature().walk_scenarios()))


def write_feature(folder: Path, text: str = SHARING, name: str = "sharing.feature") -> Path:
    """Return a folder of features with this one in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.lstrip("\n"))
    return folder


def write_run(file: Path, sample: Feature | None = None, *, only: str = "", fails: str = "", **about: str) -> str:
    """Write a run of the feature down, as behave would have it written; return what the run is called."""
    results = JsonlFormatter(file)
    results.about(**(SITE | about))
    for scenario in (sample or feature()).walk_scenarios():
        if only in scenario.name:
            write_scenario(results, scenario, fails=bool(fails) and fails in scenario.name)
    results.close()
    return results.run


def write_scenario(results: JsonlFormatter, scenario: Any, *, fails: bool = False, error: str = "not right") -> None:
    results.scenario(scenario)
    steps = list(scenario.all_steps)
    for step in steps:
        failing = fails and step is steps[-1]
        step.status = Status.failed if failing else Status.passed
        step.duration, step.error_message = 0.25, error if failing else None
        results.result(step)
    scenario.clear_status()


def kill(results: JsonlFormatter) -> None:
    """Let a run end without a word."""
    results._file.close()


def end_interrupted(file: Path, how: str = "interrupted") -> None:
    """Write a run that was interrupted, or aborted, before its first scenario, and ended in order."""
    outcome = Outcome(SimpleNamespace(reporters=[]))
    setattr(outcome, how, True)
    outcome.selected = list(feature().walk_scenarios())
    JsonlFormatter(file, outcome).close()


def latest(file: Path) -> dict[str, ScenarioResult]:
    return read_results(file).latest


def page(file: Path) -> BeautifulSoup:
    return BeautifulSoup(file.read_text(), "html.parser")


def text_of(soup: Any, css: str) -> str:
    found = soup.select_one(css)
    return " ".join(found.get_text(" ").split()) if found else "(nothing)"
