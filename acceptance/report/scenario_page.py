"""A scenario's page: its steps with their times, and what everyone saw where it went wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acceptance.report.evidence_reader import Kept, kept
from acceptance.report.feature_catalogue import FeatureWords, ScenarioWords
from acceptance.report.formatting import SYMBOLS, duration, headline, moment, status_class
from acceptance.report.paths import page_of
from acceptance.report.report_data import Knowledge, has_changed, is_older
from acceptance.report.results import FAILED, Result, StepResult, TargetResults
from acceptance.report.verdict import facts


@dataclass(frozen=True)
class Page:
    """One page: where it goes, what its template shows, and which files lie beside it."""

    path: str
    values: dict[str, Any]
    # Each file with the name that it has beside the page.
    evidence: list[tuple[Path, str]]


@dataclass(frozen=True)
class Told:
    """What one page tells: a scenario, where it stands, and what came of it on a target."""

    feature: FeatureWords
    rule: str
    scenario: ScenarioWords
    target: TargetResults
    result: Result


def pages(known: Knowledge, reports: Path, built: float) -> Iterator[Page]:
    """Go through the pages of all results."""
    for feature in known.features:
        for rule in feature.rules:
            for scenario in rule.scenarios:
                for target in known.targets:
                    if result := target.latest.get(scenario.key):
                        told = Told(feature, rule.name, scenario, target, result)
                        found = kept(reports / target.name / scenario.key / result.run.id)
                        words = _prose(told) | _outcome(told, known) | _evidence(told, found)
                        path = page_of(target.name, scenario.key)
                        yield Page(path, words | {"built": moment(built)}, found.files)


def _prose(told: Told) -> dict[str, Any]:
    return {
        "scenario": told.scenario.name,
        "feature": told.feature.name,
        "language": told.feature.language,
        "rule": told.rule,
        "tags": told.scenario.tags,
        "place": f"{told.scenario.file}:{told.scenario.line}",
        "again": _again(told),
    }


def _outcome(told: Told, known: Knowledge) -> dict[str, Any]:
    result = told.result
    return {
        "target": told.target.name,
        "status": result.status,
        "class": status_class(result.status),
        "symbol": SYMBOLS[result.status],
        "says": headline(result.message) if result.status == FAILED else "",
        "reason": result.reason,
        # Of a hook: no step tells of it.
        "hook_error": "" if result.failing_step else result.error,
        "older": is_older(told.target, result),
        "changed": has_changed(told.scenario, result),
        "at": moment(result.at),
        "took": duration(result.took),
        "facts": facts(result.run),
        "others": [_other(other, told.scenario) for other in known.targets],
    }


def _evidence(told: Told, found: Kept) -> dict[str, Any]:
    folder = told.scenario.key.rpartition("/")[2]
    return {
        "steps": [_step(told.result, number, found, folder) for number in range(len(told.result.steps))],
        "people": [person.shown(folder) for person in found.people],
        "log": found.log,
        "log_of_others": found.log_of_others,
        "console": found.console,
        "has_log": found.has_log,
        "folder": folder,
    }


def _again(told: Told) -> str:
    """Return the command that runs the scenario again, on the same site."""
    sites = told.result.run.about.get("sites")
    of = f"TARGET={told.target.name}{f' SITES={sites}' if sites else ''}"
    return f'make features {of} ARGS="{told.scenario.file}:{told.scenario.line}"'


def _other(target: TargetResults, scenario: ScenarioWords) -> dict[str, Any]:
    result = target.latest.get(scenario.key)
    status = result.status if result else "not run"
    return {
        "target": target.name,
        "status": status,
        "class": status_class(status),
        "symbol": SYMBOLS[status],
        # Pages lie in a folder of their feature, in one of their target.
        "href": f"../../{page_of(target.name, scenario.key)}" if result else "",
    }


def _step(result: Result, number: int, found: Kept, folder: str) -> dict[str, Any]:
    step = result.steps[number]
    longest = max((each.took for each in result.steps), default=0)
    return {
        "keyword": step.keyword,
        "name": step.name,
        "head": step.table[0] if step.table else [],
        "rows": step.table[1:],
        "text": step.text,
        "status": step.status,
        "class": status_class(step.status),
        "symbol": SYMBOLS[step.status],
        "took": duration(step.took) if step.took else "",
        "share": f"{100 * step.took / longest:.0f}" if longest else "0",
        "error": _error(step),
        "screens": found.screens_of(number + 1, folder),
    }


def _error(step: StepResult) -> str:
    return step.error.removeprefix("ASSERT FAILED: ").strip()
