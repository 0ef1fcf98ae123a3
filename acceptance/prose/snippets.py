"""Snippets in the house style for steps that are not defined yet."""

import re
from collections.abc import Iterable

from behave.model import Step

from acceptance.project import project

# What varies in a step: quoted text, a number, a person.
VARIES = re.compile(r'("[^"]*"|\b\d+\b|\b[A-Z]\w+\b)')
NAMES = {"Person": ("who", "other"), "d": ("count", "other_count"), "text": ("text", "other_text")}
TYPES = {"Person": "str", "d": "int", "text": "str"}


def snippets(steps: Iterable[Step]) -> str:
    """Return a beginning for steps that no file defines, each wording once."""
    functions = dict.fromkeys(snippet(step) for step in steps)
    return "\nNo file in features/steps/ defines these steps yet. To begin with:\n\n" + "\n\n".join(functions)


def snippet(step: Step) -> str:
    """Return a function for one step, which fails until it is written."""
    parameters: list[tuple[str, str]] = []
    pattern = "".join(_part(part, parameters) for part in VARIES.split(step.name))
    words = re.sub(r"\{.*?\}(?:'s)?", " ", pattern)
    function = "_".join(re.findall(r"[a-z0-9]+", words.lower())) or "step"
    quoted = f'"{pattern}"' if '"' not in pattern else repr(pattern)
    arguments = "".join(f", {name}: {TYPES[kind]}" for name, kind in parameters)
    head = f"@{step.step_type}({quoted})\ndef {function}(context: Context{arguments}) -> None:"
    return f"{head}\n    raise NotImplementedError\n"


def _part(part: str, parameters: list[tuple[str, str]]) -> str:
    """Return a part of a step as its pattern has it; add its parameter."""
    if not VARIES.fullmatch(part) or part == project().name.capitalize():
        return part
    kind = "text" if part.startswith('"') else "d" if part.isdigit() else "Person"
    number = [each for _, each in parameters].count(kind)
    name = NAMES[kind][number] if number < len(NAMES[kind]) else f"{NAMES[kind][0]}_{number + 1}"
    parameters.append((name, kind))
    return f'"{{{name}}}"' if kind == "text" else f"{{{name}:{kind}}}"
