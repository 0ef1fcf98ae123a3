"""The rules of prose: what a product owner reads has no machinery in it, says why, and can be taken in at a glance."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from behave.model import Feature, Rule, Scenario, ScenarioOutline

MACHINERY = re.compile(
    r"https?://|/lists/|#id_|\bclick|\bbutton\b|\bselector\b|\bcookie|\bpage\b|should see"
    r"|\blocalhost\b|\bpassword|\bsleep|\bcliqu|\bbouton\b|\bmot de passe\b",
    re.IGNORECASE,
)
# So many steps of its own; what is longer tells of two things.
MOST_STEPS = 6
LINES_OF_WHY = 2


def mistakes(features: Iterable[Feature]) -> Iterator[str]:
    """Go through what is not as it should be, each with its place."""
    features = list(features)
    for feature in features:
        yield from _machinery(feature)
        yield from _shape(feature)
        for scenario in _as_written(feature):
            yield from _of_scenario(scenario)
    yield from _names_twice(features, "feature")
    yield from _names_twice([one for feature in features for one in _as_written(feature)], "scenario")


def at(item: Any, what: str) -> str:
    """Return a mistake with its place."""
    return f"{item.filename}:{item.line}: {what}"


def _machinery(feature: Feature) -> Iterator[str]:
    for number, line in enumerate(Path(feature.filename).read_text(encoding="utf-8").splitlines(), 1):
        if found := MACHINERY.search(line):
            said = f"{found[0]!r} is machinery; say it in words of the product: {line.strip()}"
            yield f"{feature.filename}:{number}: {said}"


def _shape(feature: Feature) -> Iterator[str]:
    if len(feature.description) < LINES_OF_WHY:
        yield at(feature, f"say why in {LINES_OF_WHY} lines below the feature's name")
    for item in feature.run_items:
        if not isinstance(item, Rule):
            yield at(item, f"stands under no Rule: {item.name}")


def _as_written(feature: Feature) -> Iterator[Scenario]:
    """Go through scenarios as an author writes them: an outline is one."""
    for item in feature.run_items:
        yield from item.run_items if isinstance(item, Rule) else [item]


def _of_scenario(scenario: Scenario) -> Iterator[str]:
    kinds = [step.step_type for step in scenario.steps]
    if len(kinds) > MOST_STEPS:
        yield at(scenario, f"has {len(kinds)} steps; at most {MOST_STEPS} can be taken in at a glance: {scenario.name}")
    if kinds.count("when") > 1:
        yield at(scenario, f"has {kinds.count('when')} Whens; one scenario is about one: {scenario.name}")
    if "then" not in kinds:
        yield at(scenario, f"has no Then, and proves nothing: {scenario.name}")
    if isinstance(scenario, ScenarioOutline) and "<" not in scenario.name:
        yield at(scenario, f"names none of its examples, so that all of them read alike: {scenario.name}")


def _names_twice(items: Iterable[Any], what: str) -> Iterator[str]:
    named = defaultdict(list)
    for item in items:
        named[item.name.lower()].append(item)
    for first, *others in named.values():
        for other in others:
            yield at(other, f"has the name of another {what}, at {first.filename}:{first.line}: {other.name}")
