"""No scenario passes with any one name in it misspelt: the run is refused, and the line with the name is told."""

import re
from collections.abc import Iterator
from pathlib import Path

from behave.parser import parse_feature
from behave.step_registry import registry

from acceptance.prose.cast_check import cast_mistakes
from acceptance.prose.step_catalogue import FEATURES, load_definitions
from features.project import PROJECT

NAME = re.compile(rf"\b({'|'.join(PROJECT.cast.names if PROJECT.cast else ())})\b")
# A step or the row of a table; what is quoted in a step is no person.
STEP = re.compile(r"\s*(Given|When|Then|And|But|\|) ")
QUOTED = re.compile(r'"[^"]*"')


def misspelt(name: str) -> tuple[str, ...]:
    """Return the name with letters exchanged, left out, and doubled."""
    return name[0] + name[2] + name[1] + name[3:], name[:-2] + name[-1], name + name[-1]


def occurrences() -> Iterator[tuple[Path, list[str], int, re.Match[str]]]:
    """Go through all names in steps and tables: the file, its lines, which of them, and where in it."""
    for file in sorted(FEATURES.glob("*.feature")):
        lines = file.read_text().splitlines()
        for number, line in enumerate(lines):
            if STEP.match(line):
                masked = QUOTED.sub(lambda quoted: "x" * len(quoted[0]), line)
                yield from ((file, lines, number, name) for name in NAME.finditer(masked))


def test_every_misspelt_name_is_told_with_its_line_and_the_right_name():
    load_definitions([])
    unnoticed, tried = [], 0
    for tried, (file, lines, number, name) in enumerate(occurrences(), 1):
        # Each place has its turn, and so has each way to misspell.
        wrong = misspelt(name[0])[tried % 3]
        changed = f"{lines[number][: name.start()]}{wrong}{lines[number][name.end() :]}"
        text = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
        told = f"{file.name}:{number + 1}: nobody in the cast is called {wrong!r}; the nearest name is {name[0]!r}"
        mistakes = cast_mistakes([parse_feature(text, filename=file.name)], PROJECT.cast, registry)
        unnoticed += [] if any(mistake.startswith(told) for mistake in mistakes) else [told]
    assert tried
    assert unnoticed == []
