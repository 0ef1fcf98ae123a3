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
    """Return the name with letters exchanged, left out, doubled, and small; and another one altogether."""
    return name[0] + name[2] + name[1] + name[3:], name[:-2] + name[-1], name + name[-1], name.lower(), "Ann"


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
    for file, lines, number, name in occurrences():
        # Each place has its turn, and so has each way to misspell.
        wrong = misspelt(name[0])[tried % 5]
        tried += 1
        changed = f"{lines[number][: name.start()]}{wrong}{lines[number][name.end() :]}"
        text = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
        feature = parse_feature(text, filename=file.name)
        told = f"{file.name}:{number + 1}: nobody in the cast is called {wrong!r}; the nearest name is "
        told += "" if wrong == "Ann" else repr(name[0])
        if not any(mistake.startswith(told) for mistake in cast_mistakes([feature], PROJECT.cast, registry)):
            # Without a capital it is no name, and so the step is none.
            steps = [step for scenario in feature.walk_scenarios() for step in scenario.all_steps]
            undefined = [step.line for step in steps if not registry.find_match(step)]
            unnoticed += [] if number + 1 in undefined and wrong.islower() else [told]
    assert tried
    assert unnoticed == []
