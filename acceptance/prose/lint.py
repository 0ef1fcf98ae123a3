"""Finds mistakes in features: steps that would not run, and prose that breaks the rules of docs/writing-scenarios.md.

A run refuses features of which something would be lost. `make lint` also checks the
prose, that each step is used, and defined once, and that no Then acts, or would pass on an error page.
"""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from behave.configuration import Configuration
from behave.i18n import languages
from behave.model import Background, Examples, Feature, Rule, Scenario, ScenarioOutline
from behave.parser import ParserError, State
from behave.step_registry import registry

from acceptance.project import project
from acceptance.prose.acting_thens import acting_thens
from acceptance.prose.active_tag_check import active_tag_mistakes
from acceptance.prose.cast_check import cast_mistakes
from acceptance.prose.step_catalogue import Definition, load_definitions, read_features
from acceptance.prose.unanchored_thens import unanchored_thens
from acceptance.report.report_folder import slug

KEYWORD = re.compile(r"\s*\w+( \w+)?:")
MACHINERY = re.compile(
    r"https?://|(?<!\w)/\w[\w-]*/|#\w|\bclick|\bbutton\b|\bselector\b|\bcookie|\bpage\b|should see"
    r"|\blocalhost\b|\bpassword|\bsleep",
    re.IGNORECASE,
)
# A longer scenario is about two things.
MOST_STEPS = 6
LINES_OF_WHY = 2


class FeatureError(Exception):
    """Features that do not say what their author meant; one line for each mistake."""


def refuse_misread(features: Iterable[Feature], files: Iterable[str] = (), further: Iterable[str] = ()) -> None:
    """Raise FeatureError that names the place of each mistake, and the `further` ones.

    Each of `files` has to hold one of the features.

    A mistyped keyword turns its line, and those below it, into a description: the
    step or the scenario is gone, and the run would pass without it.
    """
    features = list(features)
    mistakes = [mistake for feature in features for mistake in misreadings(feature)]
    same = features_of_one_name((feature.name, feature.filename) for feature in features)
    mistakes += [f"{file}:1: Feature {problem}" for file, problem in same.items()]
    read = Counter(Path(feature.filename).resolve() for feature in features)
    twice = sorted({feature.filename for feature in features if read[Path(feature.filename).resolve()] > 1})
    mistakes += [f"{file}: named twice; allowed: once, or its scenarios one after the other" for file in twice]
    lost = sorted({file for file in files if Path(file).resolve() not in read})
    mistakes += [f"{file}: holds no feature: it is empty, or a comment" for file in lost]
    mistakes += further
    if mistakes:
        raise FeatureError("\n  ".join(["These features are not well formed:", *mistakes]))


def features_of_one_name(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return, of pairs of a feature's name and file, the files whose name another has, and what is wrong with them.

    The results of the two could not be told apart, and one would hide the other's failure.
    """
    first: dict[str, str] = {}
    return {
        file: f"has the name that {first[slug(name)]} has as well, or nearly: {name!r}"
        for name, file in sorted(named, key=lambda each: each[1])
        if first.setdefault(slug(name), file) != file
    }


def misreadings(feature: Feature) -> Iterator[str]:
    """Go through the lines of a feature that would not run, though their author meant them to."""
    for line in feature.description:
        if KEYWORD.match(line) or line in _without_colon(feature):
            yield _at(feature, f"Feature is no keyword: {line.strip()!r}")
    if feature.parser and feature.parser.state is State.MULTILINE_TEXT:
        opened = feature.parser.multiline_terminator
        yield f"{feature.filename}:{feature.parser.multiline_start}: A text is opened by {opened} and never ends"
    yield from _misreadings_within(feature)


def _without_colon(feature: Feature) -> list[str]:
    """Return the lines that begin as a scenario does and have a step below them."""
    words = languages[feature.language or "en"]
    begins = (*words["scenario"], *words["scenario_outline"])
    steps = tuple(word for kind in ("given", "when", "then", "and", "but") for word in words[kind] if word != "* ")
    lines = pairwise(feature.description)
    return [line for line, below in lines if line.startswith(begins) and below.startswith(steps)]


def _misreadings_within(container: Feature | Rule) -> Iterator[str]:
    if not container.run_items:
        yield _at(container, f"{container.keyword} has no scenario")
    # Behave gives each rule without a background an empty one, at its own line.
    has_background = container.background and container.background.line != container.line
    for item in [*([container.background] if has_background else []), *container.run_items]:
        for line in item.description:
            yield _at(item, f"{item.keyword} is followed by a line that is no step and no scenario: {line!r}")
        yield from _misreadings_within(item) if isinstance(item, Rule) else _of_steps(item)


def _of_steps(item: Background | Scenario) -> Iterator[str]:
    if not item.steps:
        yield _at(item, f"{item.keyword} has no step")
    for step in item.steps:
        if step.table and not step.table.rows:
            # A Then that goes through its rows would look at nothing, and pass.
            yield _at(step, f"{step.keyword} has a table without rows: {step.name}")
    if isinstance(item, ScenarioOutline):
        if not item.examples:
            yield _at(item, f"{item.keyword} has no examples")
        for examples in item.examples:
            yield from _of_examples(item, examples)


def _of_examples(outline: ScenarioOutline, examples: Examples) -> Iterator[str]:
    if not (examples.table and examples.table.rows):
        yield _at(examples, f"{examples.keyword} has no rows")
        return
    tables = [step.table for step in outline.steps if step.table]
    cells = [cell for table in tables for row in (table.headings, *table.rows) for cell in row]
    words = [outline.name, *outline.tags, *cells, *(f"{step.name}\n{step.text or ''}" for step in outline.steps)]
    for heading in examples.table.headings:
        if not any(f"<{heading}>" in text for text in words):
            yield _at(examples, f"{examples.keyword} has a column that no step names: <{heading}>")


def prose_mistakes(features: list[Feature]) -> Iterator[str]:
    """Go through the mistakes in the prose, each with its place."""
    first: dict[str, Scenario] = {}
    for feature in features:
        for number, line in enumerate(Path(feature.filename).read_text(encoding="utf-8").splitlines(), 1):
            if match := MACHINERY.search(line):
                problem = f"{match[0]!r} is machinery; say it in words of the product: {line.strip()}"
                yield f"{feature.filename}:{number}: {problem}"
        if len(feature.description) < LINES_OF_WHY:
            yield _at(feature, f"say why in {LINES_OF_WHY} lines below the feature's name")
        for item in feature.run_items:
            if not isinstance(item, Rule):
                yield _at(item, f"stands under no Rule: {item.name}")
            # An outline is one scenario, as its author writes it.
            for scenario in item.run_items if isinstance(item, Rule) else [item]:
                yield from _of_scenario(scenario, first.setdefault(scenario.name.lower(), scenario))


def _of_scenario(scenario: Scenario, first: Scenario) -> Iterator[str]:
    kinds = [step.step_type for step in scenario.steps]
    problems = {
        f"has {len(kinds)} steps; at most {MOST_STEPS} can be read at a glance": len(kinds) > MOST_STEPS,
        f"has {kinds.count('when')} Whens; one scenario is about one": kinds.count("when") > 1,
        "has no Then, and proves nothing": "then" not in kinds,
        "names none of its examples, so that all of them read alike": isinstance(scenario, ScenarioOutline)
        and "<" not in scenario.name,
        f"has the name of another scenario, at {first.filename}:{first.line}": first is not scenario,
    }
    yield from (_at(scenario, f"{problem}: {scenario.name}") for problem, applies in problems.items() if applies)


def step_mistakes(definitions: list[Definition]) -> Iterator[str]:
    """Go through the definitions that no feature uses, and the steps that several match."""
    claims: dict[int, list[str]] = defaultdict(list)
    for definition in definitions:
        location = "{}:{}".format(*definition.location)
        if not definition.uses:
            yield f"{location}: no feature uses this step: {definition.readable}"
        for step in definition.uses:
            claims[id(step)].append(location)
    for step in (step for definition in definitions for step in definition.uses):
        if len(locations := claims.pop(id(step), [])) > 1:
            yield _at(step, f"is ambiguous: {' and '.join(locations)} match it: {step.name}")


def _at(item: Any, problem: str) -> str:
    return f"{item.filename}:{item.line}: {problem}"


def main() -> int:
    """Print all mistakes; return 0 if there is none."""
    try:
        features = read_features()
        refuse_misread(features)
    except (ParserError, FeatureError) as error:
        print(error)
        return 1
    definitions = load_definitions(features)
    mistakes = [*prose_mistakes(features), *cast_mistakes(features, project().cast, registry)]
    mistakes += active_tag_mistakes(features, Configuration([], load_config=True).userdata)
    mistakes += [*step_mistakes(definitions), *unanchored_thens(definitions), *acting_thens(definitions)]
    print(*mistakes, sep="\n", end="\n" if mistakes else "")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
