"""The one place that chooses a target by its name."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from features.targets.base import Target


def _local() -> "Target":
    # Imported when chosen: a run against a server needs no Django.
    target: Target = import_module("features.targets.local").LocalTarget()
    return target


TARGETS: dict[str, Callable[[], "Target"]] = {"local": _local}


def open_target(name: str) -> "Target":
    """Return the target of this name, not yet started."""
    return TARGETS[name]()
