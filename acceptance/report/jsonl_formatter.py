"""Writes results, one JSON object a line: of a run that is killed, each scenario before, and in which one it was."""

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step

from acceptance.exit_code import Outcome
from acceptance.redaction import redacted
from acceptance.report.formatting import repeated_for
from acceptance.report.report_folder import scenario_key
from acceptance.report.results import StepText
from acceptance.report.results_file import open_results

INTERRUPTED = "interrupted"
# A result is found by these, and they stand in the feature files: a password may be a word of them by chance.
NOT_REDACTED = ("key", "status")


class JsonlFormatter(Formatter):  # type: ignore[misc] # behave is not typed
    """Writes the results of a run for the report, whichever other formatters the run has."""

    name = "results"
    description = "Writes the results of a run for the report"

    def __init__(self, file: Path, outcome: Outcome | None = None) -> None:
        """Begin a run after those that `file` holds already; `outcome` learns what cannot be written there."""
        self._path, self._file = file, open_results(file)
        self._outcome, self._full = outcome, False
        self.run = uuid4().hex[:12]
        self._scenario: Scenario | None = None
        # What identifies the scenario, and how many of its steps have an outcome.
        self._key, self._number = "", 0
        self._began = 0.0
        self._interrupted = False
        if (written := file.read_bytes()) and not written.endswith(b"\n"):
            # A killed run left half a line.
            self._file.write(b"\n")
        self._write("run", pid=os.getpid())

    def about(self, **facts: str) -> None:
        """Write what the run is about: the site, its release, and the like."""
        self._write("about", **facts)

    def failed_to_start(self, reason: str) -> None:
        """Write why the run did not start."""
        self._write("no start", reason=reason)

    def feature(self, feature: Feature) -> None:
        """Write nothing: each scenario names its feature."""

    def scenario(self, scenario: Scenario) -> None:
        """Write that a scenario begins, and what it says."""
        self._finish()
        self._scenario, self._began, self._interrupted = scenario, time.time(), False
        # A worker's is told once it has run.
        began = getattr(scenario, "ran", (self._began,))[0]
        self._key, self._number = scenario_key(scenario), 0
        self._write(
            "scenario",
            at=round(began, 3),
            key=self._key,
            name=scenario.name,
            file=scenario.filename,
            line=scenario.line,
            steps=[asdict(StepText.of(step)) for step in scenario.all_steps],
        )

    def result(self, step: Step) -> None:
        """Write the outcome of the next step."""
        self._interrupted = isinstance(step.exception, KeyboardInterrupt)
        status = INTERRUPTED if self._interrupted else step.status.name
        took, error = round(step.duration, 4), str(step.error_message or "")
        self._write("step", key=self._key, number=self._number, status=status, took=took, error=error)
        self._number += 1

    def eof(self) -> None:
        """Write the outcome of the last scenario of a feature."""
        self._finish()

    def close(self) -> None:
        """End the run, and write what is wrong with it as a whole."""
        self._finish()
        problem, ended_early = (self._outcome.problem, self._outcome.ended_early) if self._outcome else ("", False)
        self._write("end", problem=problem, ended_early=ended_early)
        self._file.close()

    def _finish(self) -> None:
        """Write the outcome of the scenario before, whose hooks have run by now."""
        scenario, self._scenario = self._scenario, None
        if scenario:
            began, ended = getattr(scenario, "ran", (self._began, time.time()))
            self._write(
                "done",
                key=self._key,
                status=INTERRUPTED if self._interrupted else scenario.status.name,
                took=round(ended - began, 4),
                reason=str(getattr(scenario, "skip_reason", None) or ""),
                error=str(scenario.error_message or ""),
                repeated=repeated_for(scenario),
            )

    def _write(self, event: str, **facts: Any) -> None:
        line = {"event": event, "run": self.run, "at": round(time.time(), 3)}
        line |= {name: fact if name in NOT_REDACTED else _redacted(fact) for name, fact in facts.items()}
        # At once: other runs may write their lines to the same file.
        left = f"{json.dumps(line, ensure_ascii=False)}\n".encode()
        try:
            while left and not self._full:
                left = left[self._file.write(left) :]
        except OSError as error:
            if self._outcome is None:
                raise
            # Nothing may follow half a line; the scenarios go on, and the exit code says what is missing.
            self._full = True
            self._outcome.could_not_write(str(self._path), error)


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: _redacted(inner) for name, inner in value.items()}
    return [_redacted(inner) for inner in value] if isinstance(value, list) else value
