"""What a project declares, so that the engine need not know it."""

import os
from dataclasses import dataclass
from functools import cache
from importlib import import_module

# The module whose PROJECT is meant, where the environment names no other.
DECLARED_IN = "features.project"
VARIABLE = "ACCEPTANCE_PROJECT"


@dataclass(frozen=True)
class Project:
    """What the engine has to know of the site that it tests."""

    # Marks what a run makes on this machine, such as folders, containers and images: letters, digits and -, all small.
    name: str
    # The dotted name of the site's Django settings.
    settings_module: str
    # A file of the site that runs no script, which browsers show between two scenarios.
    resting_path: str
    # Patterns of secrets that the site's pages and logs may hold, such as login tokens; their first group stays.
    secrets: tuple[str, ...] = ()


@cache
def project() -> Project:
    """Return the declaration of the project that this process works for."""
    declared: Project = import_module(os.environ.get(VARIABLE, DECLARED_IN)).PROJECT
    return declared
