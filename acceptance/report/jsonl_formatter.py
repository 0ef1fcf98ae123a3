"""Writes results down as they come, one JSON object a line: a run that is killed still tells what it had."""

import json
import os
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from behave.formatter.base import Formatter
from behave.model import Feature, Scenario, Step

from acceptance.exit_code import Outcome
from acceptance.redaction import redacted
from acceptance.report.paths import scenario_key
from acceptance.report.results import open_results

INTERRUPTED = "interrupted"
# What a result is found by stands in the feature files: a password may be a word of it by chance.
NOT_REDACTED = ("key", "status")


class JsonlFormatter(Formatter):  # type: ignore[misc] # behave is not typed
    """Stands among the formatters of a run, whichever these are, and writes down what they are told."""

    name = "results"
    description = "Writes down the results of a run, for the report"

    def __init__(self, file: Path, outcome: Outcome | None = None) -> None:
        """Begin a run in `file`, after those it holds already; `outcome` is told of what cannot be written there."""
        self._path, self._file = file, open_results(file)
        self._outcome, self._full = outcome, False
        self.run = uuid4().hex[:12]
        self._scenario: Scenario | None = None
        self._began = 0.0
        self._interrupted = False
        self._end_half_a_line()
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
        """Write that a scenario begins, and its words."""
        self._finish()
        self._scenario, self._began, self._interrupted = scenario, time.time(), False
        self._write(
            "scenario",
            key=scenario_key(scenario),
            name=scenario.name,
            file=scenario.filename,
            line=scenario.line,
            steps=[_words_of(step) for step in scenario.all_steps],
        )

    def result(self, step: Step) -> None:
        """Write what came of the next step."""
        self._interrupted = isinstance(step.exception, KeyboardInterrupt)
        status = INTERRUPTED if self._interrupted else step.status.name
        self._write("step", status=status, took=round(step.duration, 4), error=step.error_message or "")

    def eof(self) -> None:
        """Write what came of the last scenario of a feature."""
        self._finish()

    def close(self) -> None:
        """End the run."""
        self._finish()
        self._write("end")
        self._file.close()

    def _finish(self) -> None:
        """Write what came of the scenario before, once its hooks are through."""
        scenario, self._scenario = self._scenario, None
        if scenario:
            self._write(
                "done",
                status=INTERRUPTED if self._interrupted else scenario.status.name,
                took=round(time.time() - self._began, 4),
                reason=getattr(scenario, "skip_reason", None) or "",
                error=scenario.error_message or "",
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
            # Nothing may come after half a line; the scenarios go on, and say by themselves how they end.
            self._full = True
            self._outcome.could_not_write(str(self._path), error)

    def _end_half_a_line(self) -> None:
        """Leave what a killed run had begun to write on a line of its own."""
        self._file.seek(0)
        written = self._file.read()
        if written and not written.endswith(b"\n"):
            self._file.write(b"\n")


def _words_of(step: Step) -> dict[str, Any]:
    words: dict[str, Any] = {"keyword": step.keyword, "type": step.step_type, "name": step.name}
    if step.table:
        words["table"] = [list(step.table.headings), *(list(row.cells) for row in step.table.rows)]
    if step.text:
        words["text"] = str(step.text)
    return words


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {name: _redacted(inner) for name, inner in value.items()}
    return [_redacted(inner) for inner in value] if isinstance(value, list) else value
