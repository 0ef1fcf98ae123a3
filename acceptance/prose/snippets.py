"""A step that nobody has written yet, as a function in the house style to begin with."""

import re
from collections.abc import Iterable, Iterator

from behave.model import Step

from acceptance.project import project

# What varies in a step: what is quoted, a number, a person.
VARIES = re.compile(r'"[^"]*"|\b\d+\b|\b[A-Z]\w+\b')
NAMES = {"Person": ("who", "other"), "d": ("count", "other_count"), "text": ("text", "other_text")}
TYPES = {"Person": "str", "d": "int", "text": "str"}


def snippets(steps: Iterable[Step]) -> str:
    """Return what to begin with for steps that no file defines, each wording once."""
    functions = dict.fromkeys(snippet(step) for step in steps)
    return "\nNo file in features/steps/ defines these steps yet. To begin with:\n\n" + "\n\n".join(functions)


def snippet(step: Step) -> str:
    """Return a function for one step, which fails until it is written."""
    parameters: list[tuple[str, str]] = []
    pattern = "".join(_part(part, parameters) for part in _parts(step.name))
    words = re.sub(r"\{.*?\}(?:'s)?", " ", pattern)
    function = "_".join(re.findall(r"[a-z0-9]+", words.lower())) or "step"
    quoted = f'"{pattern}"' if '"' not in pattern else repr(pattern)
    arguments = "".join(f", {name}: {TYPES[kind]}" for name, kind in parameters)
    head = f"@{step.step_type}({quoted})\ndef {function}(context: Context{arguments}) -> None:"
    return f"{head}\n    raise NotImplementedError\n"


def _parts(name: str) -> Iterator[str]:
    """Go through what stays and what varies in a step, by turns."""
    end = 0
    for found in VARIES.finditer(name):
        yield name[end : found.start()]
        yield found[0]
        end = found.end()
    yield name[end:]


def _part(part: str, parameters: list[tuple[str, str]]) -> str:
    """Return a part as a pattern has it, and take note of its parameter."""
    if not VARIES.fullmatch(part) or part == project().name.capitalize():
        return part
    kind = "text" if part.startswith('"') else "d" if part.isdigit() else "Person"
    number = sum(taken == kind for _, taken in parameters)
    name = NAMES[kind][number] if number < len(NAMES[kind]) else f"{NAMES[kind][0]}_{number + 1}"
    parameters.append((name, kind))
    return f'"{{{name}}}"' if kind == "text" else f"{{{name}:{kind}}}"
