"""Finds mistakes about people: names that nobody in the cast has, and Thens about people who are not on stage."""

from collections.abc import Iterable, Iterator
from typing import Any

from behave.model import Feature, Scenario, Step

from acceptance.actors import PersonName
from acceptance.project import Cast


def cast_mistakes(features: Iterable[Feature], cast: Cast | None, registry: Any) -> Iterator[str]:
    """Go through the mistakes about people, each once and with its place; none where no cast is declared.

    `registry` has the steps that are defined: they say where in a step a person is named.
    """
    if cast is None:
        return
    scenarios = [scenario for feature in features for scenario in feature.walk_scenarios()]
    # A Background's stands in each of its scenarios.
    yield from dict.fromkeys(mistake for scenario in scenarios for mistake in _in_scenario(scenario, cast, registry))


def _in_scenario(scenario: Scenario, cast: Cast, registry: Any) -> Iterator[str]:
    named = [(step, place, name) for step in scenario.all_steps for place, name in _people(step, cast, registry)]
    row = scenario._row
    on_stage = {*cast.strangers}
    everybody_known = all(name in cast.names for *_, name in named)
    for step, place, name in named:
        # A name that an example puts in is mistyped there.
        line = row.line if row and name in row.cells else place.line
        if refusal := cast.refusal(name):
            yield f"{step.filename}:{line}: {refusal}: {step.name}"
        elif step.step_type != "then":
            on_stage.add(name)
        elif everybody_known and name not in on_stage:
            problem = f"this Then is about {name!r}, whom no Given and no When names before, and who is no stranger"
            yield f"{step.filename}:{line}: {problem}: {step.name}"


def _people(step: Step, cast: Cast, registry: Any) -> Iterator[tuple[Any, str]]:
    """Go through the names of people in a step and in its table, each with what has its line."""
    match = registry.find_match(step)
    for argument in getattr(match, "arguments", None) or ():
        values = argument.value if isinstance(argument.value, list) else [argument.value]
        yield from ((step, value) for value in values if isinstance(value, PersonName))
    for column in set(step.table.headings if step.table else ()) & {*cast.columns}:
        yield from ((row, row[column]) for row in step.table.rows)
