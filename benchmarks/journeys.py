"""The eight journeys: which scenarios tell each of them, and which function does the same straight on Selenium."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from behave.parser import parse_file

from acceptance.settings import TARGETS
from acceptance.sites import SITES
from benchmarks import straight
from benchmarks.selenium_baseline import Stage

ROOT = Path(__file__).parent.parent


class UnknownScenarioError(Exception):
    """A journey names a scenario that no feature tells any more."""


@dataclass(frozen=True)
class Journey:
    """A journey: its feature file, and its scenarios with the straight way of each."""

    name: str
    feature: str
    scenarios: dict[str, Callable[[Stage], None]]

    def require_told(self) -> None:
        """Raise UnknownScenarioError when the feature lacks a scenario of this journey."""
        path = ROOT / self.feature
        told = {scenario.name for scenario in parse_file(str(path)).walk_scenarios()} if path.exists() else set()
        for name in self.scenarios:
            if name not in told:
                raise UnknownScenarioError(f"{self.name}: there is no scenario {name!r} in {self.feature}")


JOURNEYS = (
    Journey(
        "start a list",
        "features/starting_a_list.feature",
        {
            "Edith is invited to begin": straight.is_invited,
            "The first item starts a list with an address of its own": straight.first_item,
            "Items stand in the order they were added": straight.second_item,
        },
    ),
    Journey(
        "two users",
        "features/separate_lists.feature",
        {"Francis finds no trace of Edith's list": straight.two_people},
    ),
    Journey(
        "layout",
        "features/layout.feature",
        {"The start is centred": straight.start_is_centred, "A list is centred": straight.list_is_centred},
    ),
    Journey(
        "empty items",
        "features/empty_items.feature",
        {
            "Edith enters nothing as her first item": straight.nothing_first,
            "Edith enters nothing on her list": straight.nothing_on_list,
        },
    ),
    Journey(
        "duplicate items",
        "features/duplicate_items.feature",
        {"Edith enters the same item again": straight.same_again},
    ),
    Journey(
        "error cleared",
        "features/duplicate_items.feature",
        {"The complaint goes as Edith types on": straight.types_on},
    ),
    Journey(
        "login by link",
        "features/logging_in.feature",
        {"Edith logs in, and out again": straight.in_and_out},
    ),
    Journey(
        "my lists",
        "features/my_lists.feature",
        {
            "Edith looks for her lists": straight.looks_for_lists,
            "Edith opens the older list": straight.opens_older_list,
        },
    ),
)


def scenario_names() -> list[str]:
    """Return all scenarios, in the order in which both sides run them."""
    return [name for journey in JOURNEYS for name in journey.scenarios]


def behave_arguments(target: str, sites: Path = SITES) -> list[str]:
    """Return what behave is given to run the journeys, and nothing else, in their order."""
    names = [argument for name in scenario_names() for argument in ("--name", f"^{re.escape(name)}$")]
    features = dict.fromkeys(journey.feature for journey in JOURNEYS)
    return [*settings_of(target, sites), "-D", "seed=off", *names, *features]


def settings_of(target: str, sites: Path = SITES) -> list[str]:
    """Return what either side is given to run on a target."""
    # A site on a server has no usual way: there, mail has to be written to files.
    mailbox = "default" if target in TARGETS else "server"
    return ["-D", f"target={target}", "-D", f"sites={sites}", "-D", f"mailbox={mailbox}"]
