"""JUnit files in which a scenario that was skipped stands with the reason."""

from typing import Any

from behave.model import Feature, Scenario
from behave.model_type import Status
from behave.reporter.junit import JUnitReporter


class JUnitWithReasons(JUnitReporter):  # type: ignore[misc] # behave is not typed
    """Behave's own, which leaves out all that was skipped, and never says why."""

    # What was not asked for has no reason, and is left out here as well.
    show_skipped_always = True

    def feature(self, feature: Feature) -> None:
        """Write the file of a feature of which something ran, or should have."""
        if feature.status != Status.skipped or any(each.skip_reason for each in feature.walk_scenarios()):
            super().feature(feature)

    def _process_scenario(self, scenario: Scenario, report: Any) -> None:
        skipped = scenario.status == Status.skipped
        if skipped and not scenario.skip_reason:
            return
        super()._process_scenario(scenario, report)
        if skipped:
            report.testcases[-1].find("skipped").set("message", scenario.skip_reason)


def with_reasons(reporters: list[Any], config: Any) -> list[Any]:
    """Return the reporters of a run, with this one in the place of behave's own."""
    return [JUnitWithReasons(config) if type(each) is JUnitReporter else each for each in reporters]
