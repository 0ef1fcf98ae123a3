"""`make steps`: lists every step that is defined, with an example from the features."""

import argparse
import ast
import re
import sys
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
    """One wording of a step, and the steps of the features that it matches."""

    kind: str
    matcher: Any
    uses: list[Step] = field(default_factory=list)

    @property
    def location(self) -> tuple[str, int]:
        """Its file and line."""
        return self.matcher.location.filename, self.matcher.location.line

    @property
    def readable(self) -> str:
        """The wording, with what varies in angle brackets."""
        return PARAMETER.sub(r"<\1>", str(self.matcher.pattern))


def read_features(folder: Path = FEATURES) -> list[Feature]:
    """Return the features of a folder, in the order of their files; raises behave's ParserError."""
    parsed = (parse_file(str(file)) for file in sorted(folder.rglob("*.feature")))
    return [feature for feature in parsed if feature]


def load_definitions(features: list[Feature]) -> list[Definition]:
    """Load the step definitions as behave does; return them in the order of their files, with all their uses."""
    runner = Runner(Configuration([], load_config=True))
    runner.setup_paths()
    with runner.path_manager:
        runner.load_hooks()
        runner.load_step_definitions()
    definitions = [Definition(kind, matcher) for kind, matchers in registry.steps.items() for matcher in matchers]
    add_uses(definitions, features)
    return sorted(definitions, key=lambda definition: definition.location)


def add_uses(definitions: list[Definition], features: list[Feature]) -> None:
    """Add to each definition the steps that it matches, those of backgrounds and of each row of an outline included."""
    steps = [step for feature in features for scenario in feature.walk_scenarios() for step in scenario.all_steps]
    for definition in definitions:
        kinds = [definition.kind] if definition.kind != "step" else ["given", "when", "then"]
        definition.uses += [step for step in steps if step.step_type in kinds and definition.matcher.match(step.name)]


def main(arguments: list[str] | None = None) -> int:
    """Print the steps, all or those with a word in them; return the exit code."""
    options = argparse.ArgumentParser(prog="make steps", description=__doc__)
    options.add_argument("words", nargs="*", help="show only steps with these words in them")
    words = [word.lower() for word in options.parse_args(arguments).words]
    last_file = ""
    for definition in load_definitions(read_features()):
        if all(word in definition.readable.lower() for word in words):
            file = definition.location[0]
            if file != last_file:
                subject = ast.get_docstring(ast.parse(Path(file).read_text(encoding="utf-8"))) or file
                print(f"\n{subject.splitlines()[0]}  ({file})")
                last_file = file
            used = [f"{step.keyword} {step.name}    {step.filename}:{step.line}" for step in definition.uses]
            print(f"\n  {definition.kind.capitalize():5}  {definition.readable}")
            print(f"         {used[0] if used else '(no feature uses it)'}")
    if not last_file:
        print(f"No step has the words: {' '.join(words)}", file=sys.stderr)
    return 0 if last_file else 1


if __name__ == "__main__":
    sys.exit(main())
