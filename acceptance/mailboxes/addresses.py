"""Addresses for the people of a scenario, to which no other scenario's mail is ever sent."""

import secrets
from collections.abc import Callable
from email.errors import HeaderParseError
from email.headerregistry import Address
from itertools import count

DEFAULT = "{name}+{run}.{number}@example.com"
FIELDS = ("name", "run", "number")
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64


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


def pattern(text: str) -> str:
    """Return a pattern that gives each person of each scenario an address of their own; raises ValueError."""
    try:
        made = {filled(text, name, run, number) for name in "ab" for run in "cd" for number in (1, 2)}
        longest = Address(addr_spec=filled(text, "onesiphorus", "0" * 8, 9999))
    except (LookupError, ValueError, AttributeError, HeaderParseError):
        made, longest = set(), Address()
    fits = len(longest.addr_spec) <= LONGEST_ADDRESS and len(longest.username) <= LONGEST_LOCAL_PART
    if len(made) < 2 ** len(FIELDS) or not longest.domain or not fits:
        raise ValueError(
            f"{text!r} is not a pattern of addresses; allowed: one with {{name}}, {{run}} and {{number}} "
            f"in it, such as {DEFAULT}"
        )
    return text
