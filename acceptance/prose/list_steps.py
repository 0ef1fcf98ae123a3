"""`make steps`: every step as a readable catalogue, with an example from the features."""

import argparse
import ast
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from acceptance.prose.step_catalogue import Definition, book, load_definitions, read_features
from acceptance.report.feature_catalogue import step_words


def main(arguments: list[str] | None = None) -> int:
    """Print the steps, all or those with a word in them; return the exit code."""
    options = argparse.ArgumentParser(prog="make steps", description=__doc__)
    options.add_argument("words", nargs="*", help="show only steps with these words in them")
    words = [word.lower() for word in options.parse_args(arguments).words]
    definitions = book(load_definitions(), read_features()).definitions
    asked_for = [one for one in definitions if all(word in one.readable.lower() for word in words)]
    for line in lines(asked_for):
        print(line)
    if not asked_for:
        print(f"No step has the words: {' '.join(words)}", file=sys.stderr)
    return 0 if asked_for else 1


def lines(definitions: list[Definition]) -> Iterator[str]:
    """Go through the lines of the catalogue, one heading for each file."""
    for file, of_file in groupby(definitions, key=lambda definition: definition.file):
        yield f"\n{heading(Path(file))}  ({file})"
        for definition in of_file:
            yield f"\n  {definition.kind.capitalize():5}  {definition.readable}"
            yield f"         {_example(definition)}"


def heading(file: Path) -> str:
    """Return what a file of steps says that it is about."""
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or file.stem).splitlines()[0]


def _example(definition: Definition) -> str:
    if not definition.uses:
        return "(no feature uses it)"
    step = definition.uses[0]
    return f"{step_words(step)}    {step.filename}:{step.line}"


if __name__ == "__main__":
    sys.exit(main())
