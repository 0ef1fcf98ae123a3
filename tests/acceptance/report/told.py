"""Features and runs that a test makes up."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from behave.model import Feature
from behave.model_type import Status
from behave.parser import parse_feature

from acceptance.report.jsonl_formatter import Results

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


def written(folder: Path, text: str = SHARING, name: str = "sharing.feature") -> Path:
    """Return a folder of features with this one in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text.lstrip("\n"))
    return folder


def runs(file: Path, told: Feature, *, only: str = "", fails: str = "", end: bool = True, **about: str) -> str:
    """Write a run of the feature down, as behave would have it written; return what the run is called."""
    results = Results(file)
    results.about(**(SITE | about))
    for scenario in told.walk_scenarios():
        if only in scenario.name:
            run_one(results, scenario, fails=bool(fails) and fails in scenario.name)
    if end:
        results.eof()
        results.close()
    else:
        results._file.close()
    return results.run


def run_one(results: Results, scenario: Any, *, fails: bool = False, error: str = "not as it should") -> None:
    results.scenario(scenario)
    steps = list(scenario.all_steps)
    for step in steps:
        failing = fails and step is steps[-1]
        step.status = Status.failed if failing else Status.passed
        step.duration, step.error_message = 0.25, error if failing else None
        results.result(step)
    scenario.clear_status()


def screen() -> Any:
    return SimpleNamespace(screenshot=lambda: b"\x89PNG")
