"""Reads a table of the sites file: each value checked, each mistake kept for telling."""

import reprlib
from typing import Any

from acceptance.sites_values import Kind

LINE = reprlib.Repr()
LINE.maxstring = 80


class Table:
    """One table, whose mistakes go to a list; a value with a mistake is read as None."""

    def __init__(self, name: str, given: object, allowed: tuple[str, ...], mistakes: list[str]) -> None:
        self._name, self._mistakes = name, mistakes
        self._given = given if isinstance(given, dict) else None
        if self._given is None:
            mistakes.append(f"{name}: is {shown(given)}; allowed: a table [{name}] with {', '.join(allowed)}")
        for key in self._given or {}:
            if key not in allowed:
                self._mistake(key, f"there is no such key; allowed: {', '.join(allowed)}")

    def __contains__(self, key: str) -> bool:
        return key in (self._given or {})

    def table(self, key: str, allowed: tuple[str, ...]) -> "Table":
        """Return a table within this one, empty if it is not there."""
        given = (self._given or {}).get(key, {})
        return Table(f"{self._name}.{key}", given, allowed, self._mistakes)

    def read(self, key: str, kind: Kind, default: object = None) -> Any:
        """Return a value, or its default; a key without a default has to be there."""
        if key in self:
            return self._parsed(key, kind)
        if default is None and self._given is not None:
            self._mistake(key, f"is missing; needed: {kind.allowed}")
        return default

    def _parsed(self, key: str, kind: Kind) -> Any:
        given = (self._given or {})[key]
        value = kind.parse(given)
        if value is None:
            self._mistake(key, f"is {shown(given) if kind.quoted else 'something else'}; allowed: {kind.allowed}")
        return value

    def _mistake(self, key: str, problem: str) -> None:
        self._mistakes.append(f"{self._name}.{key}: {problem}")


def shown(value: object) -> str:
    """Return a value as a mistake quotes it: not longer than a line."""
    return LINE.repr(value)
