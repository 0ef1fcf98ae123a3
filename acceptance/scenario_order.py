"""The order of the scenarios: shuffled, so that none can lean on another unnoticed."""

import random
from typing import Any


def shuffle(items: list[Any], seed: int) -> None:
    """Shuffle features, the rules of each, and the scenarios of each rule, in place.

    The same seed gives the same order for the same features.
    """
    _shuffle(items, random.Random(seed))  # noqa: S311 - an order, not a secret


def _shuffle(items: list[Any], dice: random.Random) -> None:
    dice.shuffle(items)
    for item in items:
        inner = getattr(item, "run_items", None)
        if inner:
            _shuffle(inner, dice)
