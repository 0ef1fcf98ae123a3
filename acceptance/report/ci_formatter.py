"""`--format ci`: a line for each feature as it ends, and what went wrong at once: short, as in a build's log."""

import time
from collections import Counter
from typing import Any

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step

from acceptance.redaction import redacted
from acceptance.report.formatting import SYMBOLS, WORST_FIRST, counted, duration
from acceptance.report.results import FAILED, PASSED, told


class Lines(Formatter):  # type: ignore[misc] # behave is not typed
    """Tells how far a run is, without a line for each step."""

    name = "ci"
    description = "A line for each feature, and failures in full as they come"

    def __init__(self, stream_opener: Any, config: Any) -> None:
        """Begin with nothing told."""
        super().__init__(stream_opener, config)
        self.stream = self.open()
        self._whole = self._done = 0
        self._began = time.monotonic()
        self._feature: Feature | None = None
        self._scenario: Scenario | None = None
        self._ran: list[Scenario] = []

    def expect(self, scenarios: int) -> None:
        """Take note of how many scenarios will run."""
        self._whole = scenarios

    def feature(self, feature: Feature) -> None:
        """Begin a feature."""
        self._feature, self._ran, self._began = feature, [], time.monotonic()

    def scenario(self, scenario: Scenario) -> None:
        """Begin a scenario."""
        self._scenario = scenario
        self._ran.append(scenario)

    def result(self, step: Step) -> None:
        """Tell of a step that failed, at once."""
        if step.status.has_failed() and self._scenario:
            printed = "".join(captured.stdout for captured in step.captured.captures)
            self._say(f"{SYMBOLS[FAILED]} {self._scenario.location}  {self._scenario.name}")
            self._say(f"    {step.keyword} {step.name}")
            for line in f"{step.error_message or step.status.name}\n{printed}".strip().splitlines():
                self._say(f"    {line}")

    def eof(self) -> None:
        """Tell of the feature that ended."""
        if not self._feature or not self._ran:
            return
        self._done += len(self._ran)
        counts = Counter(told(scenario.status.name) for scenario in self._ran)
        worst = next((status for status in WORST_FIRST if counts[status]), PASSED)
        others = [f"{counts[status]} {status}" for status in WORST_FIRST if counts[status] and status != PASSED]
        took = duration(time.monotonic() - self._began)
        told_in = ", ".join([counted(len(self._ran), "scenario"), *others, took])
        self._say(f"{SYMBOLS[worst]} {self._progress():>7}  {self._feature.name} ({told_in})")

    def close(self) -> None:
        """Leave the terminal as it was."""
        self.close_stream()

    def _progress(self) -> str:
        return f"{self._done}/{self._whole}" if self._whole else str(self._done)

    def _say(self, line: str) -> None:
        self.stream.write(f"{redacted(line)}\n")
        self.stream.flush()
