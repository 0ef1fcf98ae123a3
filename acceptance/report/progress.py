"""How far a run with several workers is: a line at a terminal, and failures at once, before their features are told."""

import sys

from behave.model import Scenario

from acceptance.redaction import redacted
from acceptance.report.formatting import headline
from acceptance.report.results import ResultStatus

CLEAR = "\r\x1b[K"


class Progress:
    """Writes beside the formatters, whose output may be a file for a machine: to standard error."""

    def __init__(self, expected: int) -> None:
        """Begin with nothing done of so many scenarios."""
        self._expected, self._done, self._failed = expected, 0, 0
        self._terminal = bool(sys.__stderr__ and sys.__stderr__.isatty())
        self._shown = False

    def finish(self, scenario: Scenario, *, failed: bool) -> None:
        """Count a scenario; tell of one that failed."""
        self._done += 1
        if failed:
            self._failed += 1
            error = next((step.error_message for step in scenario.all_steps if step.status.has_failed()), "")
            reason = headline(str(error or scenario.error_message or scenario.status.name))
            self.say(f"{ResultStatus.FAILED.symbol} {scenario.location}  {scenario.name}: {reason}")
        if self._terminal:
            failures = f", {self._failed} failed" if self._failed else ""
            self._write(f"{CLEAR}{self._done} of {self._expected}{failures}")
            self._shown = True

    def say(self, line: str) -> None:
        """Write a line at once."""
        self.clear()
        self._write(f"{redacted(line)}\n")

    def clear(self) -> None:
        """Take the line away, for others to write."""
        if self._shown:
            self._write(CLEAR)
            self._shown = False

    def _write(self, text: str) -> None:
        if sys.__stderr__:
            sys.__stderr__.write(text)
            sys.__stderr__.flush()
