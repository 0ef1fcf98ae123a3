"""Every step that is defined, and where the features use it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from behave.configuration import Configuration
from behave.model import Feature, Step
from behave.parser import parse_file
from behave.runner import Runner
from behave.step_registry import registry

FEATURES = Path("features")
PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")


@dataclass
class Definition:
    """One wording of a step, and the steps that it stands for."""

    kind: str
    pattern: str
    file: str
    line: int
    matcher: Any
    uses: list[Step] = field(default_factory=list)

    @property
    def readable(self) -> str:
        """The wording, with what varies in angle brackets."""
        return PARAMETER.sub(r"<\1>", self.pattern)


@dataclass
class Book:
    """All definitions; `ambiguous` has the steps that more than one stands for."""

    definitions: list[Definition]
    ambiguous: list[tuple[Step, list[Definition]]]

    @property
    def unused(self) -> list[Definition]:
        """The definitions that no feature uses."""
        return [definition for definition in self.definitions if not definition.uses]


def read_features(folder: Path = FEATURES) -> list[Feature]:
    """Return the features of a folder, in the order of their files; raises behave's ParserError."""
    parsed = (parse_file(str(file)) for file in sorted(folder.rglob("*.feature")))
    return [feature for feature in parsed if feature]


def load_definitions() -> list[Definition]:
    """Load the steps as behave does, and return their definitions in the order of their files."""
    runner = Runner(Configuration([], load_config=True))
    runner.setup_paths()
    with runner.path_manager:
        runner.load_hooks()
        runner.load_step_definitions()
    found = [
        Definition(kind, str(matcher.pattern), matcher.location.filename, matcher.location.line, matcher)
        for kind, matchers in registry.steps.items()
        for matcher in matchers
    ]
    return sorted(found, key=lambda definition: (definition.file, definition.line))


def book(definitions: list[Definition], features: Iterable[Feature]) -> Book:
    """Return the definitions with all their uses."""
    ambiguous = []
    for step in all_steps(features):
        standing = [definition for definition in definitions if _stands_for(definition, step)]
        for definition in standing:
            definition.uses.append(step)
        if len(standing) > 1:
            ambiguous.append((step, standing))
    return Book(definitions, ambiguous)


def all_steps(features: Iterable[Feature]) -> Iterator[Step]:
    """Go through the steps of all scenarios, those of backgrounds and of each row of an outline included."""
    for feature in features:
        for scenario in feature.walk_scenarios():
            yield from scenario.all_steps


def _stands_for(definition: Definition, step: Step) -> bool:
    return definition.kind in (step.step_type, "step") and definition.matcher.match(step.name) is not None
