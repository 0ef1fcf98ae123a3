"""Which scenarios a run is about, and which of them need fixtures, or a mailbox."""

from collections.abc import Iterable
from typing import Any

from behave.model import Feature, Scenario


def needs_fixtures(scenario: Scenario) -> bool:
    """Tell whether a scenario begins on an empty site; a @smoke scenario takes the site as it is."""
    return "smoke" not in scenario.effective_tags


def needs_mailbox(scenario: Scenario) -> bool:
    """Tell whether people in a scenario read their mail."""
    return "mailbox" in scenario.effective_tags


def selected(*features: Feature, config: Any) -> list[Scenario]:
    """Return the scenarios of these features that a run is about."""
    scenarios = (scenario for feature in features for scenario in feature.walk_scenarios())
    return [scenario for scenario in scenarios if scenario.should_run(config)]


def needing_fixtures(features: Iterable[Feature], config: Any) -> list[Scenario]:
    """Return the selected scenarios that need fixtures."""
    return [scenario for scenario in selected(*features, config=config) if needs_fixtures(scenario)]
