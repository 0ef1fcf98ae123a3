"""Features in which nothing was lost: what Gherkin takes for prose, nobody runs."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from behave.model import Feature, Scenario, ScenarioOutline

KEYWORD = re.compile(r"\s*\w+( \w+)?:")


class FeatureError(Exception):
    """Features that do not say what somebody meant them to; one line for each mistake."""


def refuse_misread(features: Iterable[Feature]) -> None:
    """Raise FeatureError that names the place of each mistake.

    A keyword that is mistyped makes a description of its line, and of those below
    it: the step or the scenario is gone, and the run would pass without it.
    """
    mistakes = [mistake for feature in features for mistake in mistakes_of(feature)]
    if mistakes:
        raise FeatureError(
            "\n".join(["These features are not well formed:", *(f"  {mistake}" for mistake in mistakes)])
        )


def mistakes_of(feature: Feature) -> Iterator[str]:
    """Go through what is wrong with a feature."""
    for line in filter(KEYWORD.match, feature.description):
        yield _at(feature, f"is no keyword: {line.strip()!r}")
    yield from _mistakes_within(feature)


def _mistakes_within(whole: Any) -> Iterator[str]:
    """Go through what is wrong within a feature or a rule."""
    if not whole.run_items:
        yield _at(whole, "has no scenario")
    # Behave gives each rule without a background an empty one, at its own line.
    if whole.background and whole.background.line != whole.line:
        yield from _mistakes_of_steps(whole.background)
    for item in whole.run_items:
        if isinstance(item, Scenario):
            yield from _mistakes_of_steps(item)
        else:
            yield from _prose_below(item)
            yield from _mistakes_within(item)


def _mistakes_of_steps(item: Any) -> Iterator[str]:
    yield from _prose_below(item)
    if not item.steps:
        yield _at(item, "has no step")
    if isinstance(item, ScenarioOutline):
        if not item.examples:
            yield _at(item, "has no examples")
        for examples in item.examples:
            if not (examples.table and examples.table.rows):
                yield _at(examples, "has no rows")


def _prose_below(item: Any) -> Iterator[str]:
    for line in item.description:
        yield _at(item, f"is followed by a line that is no step and no scenario: {line!r}")


def _at(item: Any, what: str) -> str:
    return f"{item.filename}:{item.line}: {item.keyword} {what}"
