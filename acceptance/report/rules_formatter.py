"""The default output: each rule with a dot for each scenario that passed, and failures in full as they come."""

from typing import Any

from behave.model import Feature, Rule

from acceptance.report.ci_formatter import CiFormatter

SIGNS = {"passed": ".", "skipped": "s", "untested": "-"}
FAILED = "F"


class RulesFormatter(CiFormatter):
    """Tells what the site does, in the words of its rules."""

    name = "rules"
    description = "Features and their rules, a dot for each scenario, and failures in full"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        """Begin with nothing told."""
        super().__init__(stream_opener, config)
        self._rule = ""

    def feature(self, feature: Feature) -> None:
        """Name a feature."""
        super().feature(feature)
        self.write(feature.name)

    def rule(self, rule: Rule) -> None:
        """Begin a rule; tell how the scenarios of the one before ended."""
        self._end_rule()
        self._rule = rule.name

    def eof(self) -> None:
        """Tell how the scenarios of the last rule ended."""
        self._end_rule()
        self._rule = ""

    def _end_rule(self) -> None:
        signs = "".join(SIGNS.get(scenario.status.name, FAILED) for scenario in self._ran)
        if signs:
            self.write(f"  {self._rule} {signs}" if self._rule else f"  {signs}")
        self._ran = []
