"""How a run ends: an exit code that says why nothing was proven, where nothing was."""

import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from behave.model import Feature, Scenario
from behave.model_type import Status
from behave.reporter.base import Reporter

from acceptance.redaction import redacted

BROKEN = 1
SETUP_FAILED = 2
NOTHING_RAN = 3
REFUSED = 4
# As a shell says of a program that Ctrl-C ended.
INTERRUPTED = 130


@dataclass(frozen=True)
class FailedStart:
    """Why a run, or a worker, could not start: a sentence, the exit code, and a traceback where nobody foresaw it."""

    message: str
    code: int
    details: str = ""


class Outcome(Reporter):  # type: ignore[misc] # behave is not typed
    """Counts the scenarios that ran, and knows what is wrong with the run as a whole."""

    def __init__(self, config: Any) -> None:
        """Begin with nothing run and nothing wrong."""
        super().__init__(config)
        self.ran = 0
        # How many scenarios were skipped for each reason; what was not asked for has none.
        self.skipped: Counter[str] = Counter()
        # Why nothing can run, as an exit code; 0 while nothing speaks against it.
        self.cannot_start = 0
        self.no_start = "The run could not start."
        # Whether it ended before its last scenario: from outside, or by its own hooks and steps.
        self.interrupted = self.aborted = False
        # How many scenarios ran again, by where and why.
        self.repeated: Counter[str] = Counter()
        # The scenarios that tags and names asked for, once they are known.
        self.selected: list[Scenario] = []
        # What of the results could not be written down.
        self._unwritten = ""
        # Why the run did not come to its end as it should, and the exit code of the worst of it.
        self.broke_off, self._broken = "", 0
        self._began = time.monotonic()
        for reporter in config.reporters:
            # Behave leaves out of its own figure all that stands under a Rule.
            reporter.show_duration = False

    def feature(self, feature: Feature) -> None:
        """Count the scenarios of a feature that ran, whatever came of them."""
        ran = {"passed", "failed", "error", "hook_error", "cleanup_error"}
        for scenario in feature.walk_scenarios():
            self.ran += scenario.status.name in ran
            if repeated := getattr(scenario, "repeated", ""):
                self.repeated[repeated.partition(":")[0]] += 1
            if scenario.status.name == "skipped" and scenario.skip_reason:
                self.skipped[scenario.skip_reason] += 1

    def could_not_write(self, what: str, error: OSError) -> None:
        """Take note of results that are lost, as on a full disk; told at once, and once."""
        if not self._unwritten:
            self._unwritten = f"{what} could not be written ({error.strerror}): what it says of this run is not all."
            # Behave keeps what formatters and hooks print to itself.
            print(self._unwritten, file=sys.__stderr__)

    def break_off(self, reason: str, code: int = BROKEN) -> None:
        """Take note of why a run is no proof although scenarios of it may have passed; the first reason counts."""
        self.broke_off = self.broke_off or redacted(reason)
        self._broken = max(self._broken, code)

    @property
    def code(self) -> int:
        """The exit code of the run as a whole; 0 where its scenarios alone decide."""
        if self.interrupted:
            return INTERRUPTED
        broken = max(self._broken, BROKEN if self._unwritten or self.aborted else 0)
        return self.cannot_start or max(broken, 0 if self.ran else NOTHING_RAN)

    @property
    def problem(self) -> str:
        """What is wrong with the run as a whole, whatever became of its scenarios; empty if nothing is."""
        if self.interrupted:
            return f"The run was interrupted: {self._not_run()}."
        if self.cannot_start:
            return self.no_start
        if self.aborted:
            return f"The run was aborted: {self._not_run()}."
        if self.broke_off or self._unwritten:
            return self.broke_off or self._unwritten
        why = "" if self.skipped else " Is a tag or a name mistyped?"
        return "" if self.ran else f"No scenario ran, so nothing was proven.{why}"

    @property
    def ended_early(self) -> bool:
        """Whether the problem is that the run ended before its last scenario."""
        return self.interrupted or (self.aborted and not self.cannot_start)

    def _not_run(self) -> str:
        not_run = sum(scenario.status == Status.untested for scenario in self.selected)
        if not self.selected:
            return "no scenario ran"
        if not not_run:
            return "its last scenario had begun"
        return f"{not_run} of {len(self.selected)} scenarios did not run"

    def end(self) -> None:
        """Tell what was skipped, and what is wrong with the run; how long it took where nothing is."""
        if not self.cannot_start:
            for reason, count in self.skipped.items():
                print(f"{count} {'scenario was' if count == 1 else 'scenarios were'} skipped: {reason}")
            for why, count in self.repeated.items():
                print(f"{count} ran again {why}")
        if self.interrupted or not self.cannot_start:
            print(self.problem or f"Took {time.monotonic() - self._began:.1f} s")
