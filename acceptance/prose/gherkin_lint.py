"""Features in which nothing was lost: what Gherkin takes for prose, nobody runs."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from behave.i18n import languages
from behave.model import Feature, Scenario, ScenarioOutline
from behave.parser import State

from acceptance.report.paths import slug

KEYWORD = re.compile(r"\s*\w+( \w+)?:")


class FeatureError(Exception):
    """Features that do not say what somebody meant them to; one line for each mistake."""


def refuse_misread(features: Iterable[Feature], files: Iterable[str] = ()) -> None:
    """Raise FeatureError that names the place of each mistake; each of these files has to hold one of the features.

    A keyword that is mistyped makes a description of its line, and of those below
    it: the step or the scenario is gone, and the run would pass without it.
    """
    features = list(features)
    mistakes = [mistake for feature in features for mistake in mistakes_of(feature)]
    same = namesakes((feature.name, feature.filename) for feature in features)
    mistakes += [f"{file}:1: Feature {said}" for file, said in same.items()]
    read = {Path(feature.filename).resolve() for feature in features}
    lost = sorted({file for file in files if Path(file).resolve() not in read})
    mistakes += [f"{file}: holds no feature: it is empty, or a comment" for file in lost]
    if mistakes:
        raise FeatureError(
            "\n".join(["These features are not well formed:", *(f"  {mistake}" for mistake in mistakes)])
        )


def mistakes_of(feature: Feature) -> Iterator[str]:
    """Go through what is wrong with a feature."""
    for line in feature.description:
        if KEYWORD.match(line) or line in _without_colon(feature):
            yield _at(feature, f"is no keyword: {line.strip()!r}")
    if feature.parser and feature.parser.state is State.MULTILINE_TEXT:
        opened = feature.parser.multiline_terminator
        yield f"{feature.filename}:{feature.parser.multiline_start}: A text is opened by {opened} and never ends"
    yield from _mistakes_within(feature)


def namesakes(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, of the names and files of features, the files whose name another has, and that in words.

    Nobody could tell the results of the two apart, and one would hide the other's failure.
    """
    first: dict[str, str] = {}
    return {
        file: f"has the name that {first[slug(name)]} has as well, or nearly: {name!r}"
        for name, file in sorted(named, key=lambda each: each[1])
        if first.setdefault(slug(name), file) != file
    }


def _without_colon(feature: Feature) -> list[str]:
    """Return the lines that begin as a scenario does and have a step below them."""
    words = languages[feature.language or "en"]
    begins = (*words["scenario"], *words["scenario_outline"])
    steps = tuple(word for kind in ("given", "when", "then", "and", "but") for word in words[kind] if word != "* ")
    lines = pairwise(feature.description)
    return [line for line, below in lines if line.startswith(begins) and below.startswith(steps)]


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
                continue
            said = [item.name, *item.tags, *map(_words, item.steps)]
            for heading in examples.table.headings:
                if not any(f"<{heading}>" in text for text in said):
                    yield _at(examples, f"has a column that no step names: <{heading}>")


def _words(step: Any) -> str:
    """Return all that a step of an outline says."""
    table = [step.table.headings, *(row.cells for row in step.table.rows)] if step.table else []
    return "\n".join([step.name, step.text or "", *(cell for row in table for cell in row)])


def _prose_below(item: Any) -> Iterator[str]:
    for line in item.description:
        yield _at(item, f"is followed by a line that is no step and no scenario: {line!r}")


def _at(item: Any, what: str) -> str:
    return f"{item.filename}:{item.line}: {item.keyword} {what}"
