"""Reads results again: of each scenario the last one, whichever run it is of."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acceptance.report.paths import RUN

# What behave calls a step or a scenario, and what a reader is told.
PASSED, FAILED, SKIPPED, BROKEN_OFF, NOT_RUN = "passed", "failed", "skipped", "broken off", "not run"
TOLD = {"passed": PASSED, "skipped": SKIPPED, "untested": NOT_RUN, "interrupted": BROKEN_OFF}


@dataclass
class Run:
    """One run on a target; times are seconds since the epoch."""

    id: str
    began: float
    ended: float = 0.0
    # The site, its environment and release, its address, the browser, the order.
    about: dict[str, str] = field(default_factory=dict)
    ready: float = 0.0
    # Why it did not start, if it did not.
    no_start: str = ""
    # Whether it came to its own end; one that was killed did not.
    whole: bool = False
    results: list["Result"] = field(default_factory=list)


@dataclass
class StepResult:
    """What a step said, and what came of it."""

    keyword: str
    type: str
    name: str
    table: list[list[str]]
    text: str
    status: str = NOT_RUN
    took: float = 0.0
    error: str = ""


@dataclass
class Result:
    """What came of a scenario in a run."""

    run: Run
    key: str
    name: str
    file: str
    line: int
    at: float
    steps: list[StepResult]
    # Until the run says otherwise: one that was killed says nothing more.
    status: str = BROKEN_OFF
    took: float = 0.0
    reason: str = ""
    error: str = ""

    @property
    def failing_step(self) -> StepResult | None:
        """The step that failed, if one did."""
        return next((step for step in self.steps if step.status == FAILED), None)

    @property
    def message(self) -> str:
        """What went wrong, as behave told it."""
        step = self.failing_step
        return (step.error if step else "") or self.error or self.reason


@dataclass
class TargetResults:
    """All that is known of a target."""

    name: str
    # In the order in which they began.
    runs: list[Run]
    # By the key of the scenario.
    latest: dict[str, Result]

    @property
    def last_run(self) -> Run:
        """The run that began last."""
        return self.runs[-1]


def read(target: str, file: Path) -> TargetResults:
    """Return what the file of a target holds, whatever the end of a killed run looks like."""
    runs: dict[str, Run] = {}
    open_results: dict[str, Result] = {}
    latest: dict[str, Result] = {}
    for line in lines_of(file):
        run = runs.setdefault(line["run"], Run(line["run"], line["at"]))
        # A line that another version wrote may say less: it takes nothing from the others.
        with suppress(KeyError, TypeError):
            _take(line, run, open_results, latest)
    return TargetResults(target, list(runs.values()), latest)


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """Go through the lines that were written to their end."""
    # What else ends a line for Python may stand in a failure.
    for text in file.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and {"event", "run", "at"} <= line.keys() and _is_named(line):
            yield line


def _is_named(line: dict[str, Any]) -> bool:
    """Tell whether its run is called what runs are called: the evidence is in a folder of this name."""
    return isinstance(line["at"], int | float) and isinstance(line["run"], str) and bool(RUN.fullmatch(line["run"]))


def _take(line: dict[str, Any], run: Run, under_way: dict[str, Result], latest: dict[str, Result]) -> None:
    run.ended = max(run.ended, line["at"])
    event = line["event"]
    if event == "about":
        run.ready = line["at"]
        run.about = {name: str(fact) for name, fact in line.items() if name not in ("event", "run", "at")}
    elif event == "end":
        run.whole = True
    elif event == "no start":
        run.no_start = line["reason"]
    elif event == "scenario":
        begun = _begun(line, run)
        under_way[run.id] = latest[begun.key] = begun
        run.results.append(begun)
    elif event in ("step", "done") and run.id in under_way:
        (_step_done if event == "step" else _done)(under_way[run.id], line)


def _begun(line: dict[str, Any], run: Run) -> Result:
    steps = [
        StepResult(step["keyword"], step["type"], step["name"], step.get("table", []), step.get("text", ""))
        for step in line["steps"]
    ]
    return Result(run, line["key"], line["name"], line["file"], line["line"], line["at"], steps)


def _step_done(result: Result, line: dict[str, Any]) -> None:
    step = next((step for step in result.steps if step.status == NOT_RUN), None)
    result.took = line["at"] - result.at
    if step:
        step.status, step.took, step.error = told(line["status"]), line["took"], line["error"]


def _done(result: Result, line: dict[str, Any]) -> None:
    result.status, result.took = told(line["status"]), line["took"]
    result.reason, result.error = line["reason"], line["error"]


def told(status: str) -> str:
    """Return what a reader is told of one of behave's many ways to fail."""
    return TOLD.get(status, FAILED)
