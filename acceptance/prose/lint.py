"""`make lint`, of the features: prose, and steps that nobody uses or that two definitions claim."""

import sys
from collections.abc import Iterator

from behave.parser import ParserError

from acceptance.prose.gherkin_lint import mistakes_of
from acceptance.prose.rules import at, mistakes
from acceptance.prose.step_catalogue import Book, book, load_definitions, read_features


def main() -> int:
    """Print all mistakes; return 0 if there is none."""
    try:
        features = read_features()
    except ParserError as error:
        print(error)
        return 1
    found = [
        *(mistake for feature in features for mistake in mistakes_of(feature)),
        *mistakes(features),
        *of_steps(book(load_definitions(), features)),
    ]
    for mistake in found:
        print(mistake)
    return 1 if found else 0


def of_steps(steps: Book) -> Iterator[str]:
    """Go through the definitions that are of no use, and the steps that have too many."""
    for definition in steps.unused:
        yield f"{definition.file}:{definition.line}: no feature uses this step: {definition.readable}"
    for step, definitions in steps.ambiguous:
        claimed = " and ".join(f"{one.file}:{one.line}" for one in definitions)
        yield at(step, f"is ambiguous, for it is claimed by {claimed}: {step.name}")


if __name__ == "__main__":
    sys.exit(main())
