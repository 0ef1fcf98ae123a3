"""The first page: the matrix of scenarios and targets, and what to look at first."""

from typing import Any

from acceptance.report import timings as spent
from acceptance.report.feature_catalogue import FeatureWords, ScenarioWords
from acceptance.report.formatting import SYMBOLS, WORST_FIRST, headline, moment, status_class
from acceptance.report.paths import page_of
from acceptance.report.report_data import Knowledge, has_changed, is_older, worst
from acceptance.report.results import FAILED, NOT_RUN, PASSED, Result, TargetResults
from acceptance.report.verdict import card, verdict

OLDER, CHANGED = "older", "changed"


def index(known: Knowledge, built: float) -> dict[str, Any]:
    """Return what the template of the first page shows."""
    return {
        "verdict": verdict(known),
        "built": moment(built),
        "targets": [card(known, target) for target in known.targets],
        "failures": failures(known),
        "features": [_feature(known, feature) for feature in known.features],
        "count": str(len(known.scenarios)),
        "tags": sorted({tag for scenario in known.scenarios for tag in scenario.tags}),
        "statuses": [*WORST_FIRST, OLDER, CHANGED],
        "columns": str(len(known.targets) + 1),
        "spent": [_spent(known, target) for target in known.targets if target.last_run.results],
    }


def failures(known: Knowledge) -> list[dict[str, Any]]:
    """Return what failed, scenario by scenario, with what each failure says."""
    return [
        {
            "scenario": scenario.name,
            "feature": feature.name,
            "target": target.name,
            "href": page_of(target.name, scenario.key),
            "says": headline(result.message),
        }
        for feature in known.features
        for scenario in feature.scenarios
        for target in known.targets
        if (result := target.latest.get(scenario.key)) and result.status == FAILED
    ]


def _feature(known: Knowledge, feature: FeatureWords) -> dict[str, Any]:
    return {
        "name": feature.name,
        "why": feature.why,
        "file": feature.file,
        "language": feature.language,
        "sums": [_sum(known, target, feature) for target in known.targets],
        "rules": [
            {"name": rule.name, "scenarios": [_row(known, feature, scenario, rule.name) for scenario in rule.scenarios]}
            for rule in feature.rules
        ],
    }


def _sum(known: Knowledge, target: TargetResults, feature: FeatureWords) -> dict[str, str]:
    statuses = [known.status(target, scenario) for scenario in feature.scenarios]
    status = worst(statuses)
    return {
        "class": status_class(status),
        "symbol": SYMBOLS[status],
        "says": f"{statuses.count(PASSED)}/{len(statuses)}",
        "target": target.name,
    }


def _row(known: Knowledge, feature: FeatureWords, scenario: ScenarioWords, rule: str) -> dict[str, Any]:
    cells = [_cell(target, scenario) for target in known.targets]
    said = [feature.name, feature.why, rule, scenario.name, *scenario.steps]
    return {
        "name": scenario.name,
        "tags": scenario.tags,
        "search": " ".join(said).lower(),
        "cells": cells,
        "reasons": [f"{cell['status']} on {cell['target']}: {cell['reason']}" for cell in cells if cell.get("reason")],
        # As the filters read it: what holds of the scenario on which target.
        "facts": " ".join(f"{cell['target']}:{fact}" for cell in cells for fact in cell["facts"]),
    }


def _cell(target: TargetResults, scenario: ScenarioWords) -> dict[str, Any]:
    result = target.latest.get(scenario.key)
    if result is None:
        return _of(NOT_RUN) | {"target": target.name, "facts": [status_class(NOT_RUN)]}
    more = _more(target, scenario, result)
    return _of(result.status) | {
        "target": target.name,
        "href": page_of(target.name, scenario.key),
        "facts": [status_class(result.status), *more],
        "older": OLDER in more,
        "changed": CHANGED in more,
        "at": moment(result.at),
        "reason": result.reason,
    }


def _more(target: TargetResults, scenario: ScenarioWords, result: Result) -> list[str]:
    holds = {OLDER: is_older(target, result), CHANGED: has_changed(scenario, result)}
    return [fact for fact, true in holds.items() if true]


def _of(status: str) -> dict[str, Any]:
    return {"status": status, "class": status_class(status), "symbol": SYMBOLS[status]}


def _spent(known: Knowledge, target: TargetResults) -> dict[str, Any]:
    run = target.last_run
    # Those that are gone from the features by now have no page.
    there = {scenario.key for scenario in known.scenarios}
    slowest = [{**one, "href": page_of(target.name, one["key"])} for one in spent.slowest(run) if one["key"] in there]
    return {"target": target.name, "parts": spent.parts(run), "slowest": slowest}
