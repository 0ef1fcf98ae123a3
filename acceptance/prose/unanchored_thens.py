"""Finds Thens without an anchor: they would pass on an error page, for they look at nothing that proved to be there."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from inspect import unwrap
from pathlib import Path

from acceptance.actors import Actor
from acceptance.mailboxes.base import Mailbox
from acceptance.page import Page
from acceptance.prose.step_catalogue import Definition

# Each of them returns, of a page or a mail, only once it has proved to be there.
ANCHORS = {
    each.__name__ for each in (Page.seen_by, Page.visited_by, Page.wait_for, Actor.mailed_link, Mailbox.wait_for)
}
ABOUT_PERSON = re.compile(r"\{\w*:Person")
EMPTY = {"[]", "()", "{}", "''", "0", "None", "False", "set()", "list()", "dict()"}


def unanchored_thens(definitions: Iterable[Definition]) -> Iterator[str]:
    """Go through the Thens about a person, those that deny something, and those that assert nothing, without an anchor.

    An anchor counts if it comes before the first assertion, in the step itself or in a
    function of the same file that the step calls.
    """
    for definition in definitions:
        if definition.kind not in ("then", "step"):
            continue
        file, line = definition.location
        functions = _functions(file)
        function = functions[unwrap(definition.matcher.func).__name__]
        assertions = [node for node in ast.walk(function) if isinstance(node, ast.Assert)]
        needs_anchor = ABOUT_PERSON.search(str(definition.matcher.pattern)) or not assertions
        if (needs_anchor or any(map(denies, assertions))) and not _is_anchored(function, assertions, functions):
            problem = f"this Then would pass on an error page; allowed before it asserts: {', '.join(sorted(ANCHORS))}"
            yield f"{file}:{line}: {problem}: {definition.readable}"


def denies(assertion: ast.Assert) -> bool:
    """Tell whether an assertion holds of what is not there: `not …`, `not in`, `!=`, `== []`, `<= 0`."""
    for node in ast.walk(assertion.test):
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return True
        if isinstance(node, ast.Compare):
            operators = [type(operator) for operator in node.ops]
            if {ast.NotIn, ast.NotEq} & {*operators}:
                return True
            sides = {ast.unparse(side) for side in (node.left, *node.comparators)}
            if sides & EMPTY and {ast.Eq, ast.Is, ast.Lt, ast.LtE} & {*operators}:
                return True
    return False


@cache
def _functions(file: str) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by their names."""
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _is_anchored(
    function: ast.FunctionDef, assertions: list[ast.Assert], functions: dict[str, ast.FunctionDef]
) -> bool:
    """Tell whether a function calls an anchor no later than in its first assertion."""
    last = min((assertion.end_lineno or 0 for assertion in assertions), default=function.end_lineno or 0)
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call) and node.lineno <= last]
    if ANCHORS & {call.attr for call in calls if isinstance(call, ast.Attribute)}:
        return True
    # Without itself, so that none that calls itself is asked for ever.
    others = {name: each for name, each in functions.items() if each is not function}
    called = [others[call.id] for call in calls if isinstance(call, ast.Name) and call.id in others]
    return any(_is_anchored(each, [], others) for each in called)
