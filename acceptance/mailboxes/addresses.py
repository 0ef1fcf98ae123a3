"""Addresses for the people of a scenario, to which no other scenario's mail is ever sent."""

import secrets
from collections.abc import Callable
from itertools import count

DEFAULT = "{name}+{run}.{number}@example.com"
FIELDS = ("name", "run", "number")


class Addresses:
    """The addresses of one run, by a pattern with {name}, {run} and {number} in it."""

    def __init__(self, pattern: str) -> None:
        """Begin a run, which has an id that no other has."""
        self._pattern = pattern
        self.run = secrets.token_hex(4)
        self._numbers = count(1)

    def for_next_scenario(self) -> Callable[[str], str]:
        """Return what gives each person of one more scenario an address."""
        number = next(self._numbers)
        return lambda name: filled(self._pattern, name, self.run, number)


def filled(pattern: str, name: str, run: str, number: int) -> str:
    """Return the address of a person; in lower case, as the site keeps it. Raises ValueError, KeyError, IndexError."""
    return pattern.format(name=name, run=run, number=number).lower()
