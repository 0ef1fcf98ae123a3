"""Finds Thens that act: a Then looks, and sends no form."""

import ast
from collections.abc import Callable, Iterable, Iterator
from inspect import getsource, isfunction, unwrap
from textwrap import dedent
from typing import Any

from acceptance.page import Page
from acceptance.prose.step_catalogue import Definition


def acting_thens(definitions: Iterable[Definition]) -> Iterator[str]:
    """Go through the Thens that call a page's method that fills in a form, or presses a button.

    They may call it themselves or by way of other functions, such as those of other steps.
    """
    acting = acting_methods(Page)
    for definition in definitions:
        is_then = definition.kind == "then" or any(step.step_type == "then" for step in definition.uses)
        if is_then and (called := sorted(_called_by(unwrap(definition.matcher.func), set()) & acting)):
            place = "{}:{}".format(*definition.location)
            problem = f"a Then looks, and changes nothing; this one calls {', '.join(called)}"
            yield f"{place}: {problem}: {definition.readable}"


def acting_methods(page: type[Page]) -> set[str]:
    """Return the names of all methods of pages that submit or click, also by way of another one."""
    acting = {Page.submit.__name__, Page.click.__name__}
    methods = {
        each: _called_by(each, set()) for kind in _kinds_of(page) for each in vars(kind).values() if isfunction(each)
    }
    while more := {method.__name__ for method, called in methods.items() if called & acting} - acting:
        acting |= more
    return acting


def _kinds_of(page: type[Page]) -> Iterator[type[Page]]:
    yield page
    for kind in page.__subclasses__():
        yield from _kinds_of(kind)


def _called_by(function: Callable[..., Any], seen: set[Any]) -> set[str]:
    """Return the names of the methods that a function calls, and of those that functions it calls do."""
    seen.add(function)
    calls = [node.func for node in ast.walk(ast.parse(dedent(getsource(function)))) if isinstance(node, ast.Call)]
    names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    for call in calls:
        called = function.__globals__.get(call.id) if isinstance(call, ast.Name) else None
        if isfunction(called) and called not in seen:
            names |= _called_by(called, seen)
    return names
