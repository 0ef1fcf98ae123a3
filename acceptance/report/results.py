"""The results of a target: reads its file, in which of each scenario the last result counts, and rewrites it."""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import Any

from acceptance.report.paths import RUN

# More than these are not called the slowest.
SLOWEST = 5
# A part of a run that is too thin to be seen in a bar.
VISIBLE_FROM = 0.002


class ResultStatus(StrEnum):
    """What came of a step or a scenario; the worst first, for somebody in a hurry.

    Each has a symbol besides: for whoever sees no red, and for a printer without colour.
    """

    symbol: str
    # Its name in the stylesheet.
    css: str

    FAILED = "failed", "✗"
    BROKEN_OFF = "broken off", "!"
    SKIPPED = "skipped", "-"
    NOT_RUN = "not run", "·"
    PASSED = "passed", "✓"

    def __new__(cls, value: str, symbol: str) -> "ResultStatus":
        """Return a status that reads as its value."""
        status = str.__new__(cls, value)
        status._value_, status.symbol, status.css = value, symbol, value.replace(" ", "-")
        return status

    @classmethod
    def of(cls, name: str) -> "ResultStatus":
        """Return the status that behave calls so: it has many names for a failure."""
        return {
            "passed": cls.PASSED,
            "skipped": cls.SKIPPED,
            "untested": cls.NOT_RUN,
            "interrupted": cls.BROKEN_OFF,
        }.get(name, cls.FAILED)

    @classmethod
    def worst(cls, statuses: Iterable["ResultStatus"]) -> "ResultStatus":
        """Return the worst of them; nothing has run where there is none."""
        return min(statuses, key=list(cls).index, default=cls.NOT_RUN)


@dataclass
class StepResult:
    """What a step said, and what came of it."""

    keyword: str
    type: str
    name: str
    table: list[list[str]]
    text: str
    status: ResultStatus = ResultStatus.NOT_RUN
    took: float = 0.0
    error: str = ""


@dataclass
class Run:
    """One run on a target; times are seconds since the epoch."""

    id: str
    began: float
    ended: float = 0.0
    # The site, its environment and release, its address, the browser, the order.
    about: dict[str, str] = field(default_factory=dict)
    # Why it did not start, if it did not.
    no_start: str = ""
    # Whether it came to its own end; one that was killed did not.
    complete: bool = False
    results: list["ScenarioResult"] = field(default_factory=list)

    @property
    def took(self) -> float:
        """How many seconds it took, up to its last line."""
        return self.ended - self.began

    @property
    def time_spent(self) -> dict[str, float]:
        """Where the seconds went: before the first scenario, in each type of step, and between the steps."""
        steps = [step for result in self.results for step in result.steps]
        spent = {kind.capitalize(): sum(s.took for s in steps if s.type == kind) for kind in ("given", "when", "then")}
        starting = (self.results[0].at if self.results else self.ended) - self.began
        between = max(self.took - starting - sum(spent.values()), 0.0)
        parts = {"Starting": starting, **spent, "Between scenarios": between}
        return {name: seconds for name, seconds in parts.items() if seconds > VISIBLE_FROM * sum(parts.values())}

    @property
    def slowest(self) -> list["ScenarioResult"]:
        """The results that took longest."""
        return sorted(self.results, key=lambda result: -result.took)[:SLOWEST]


@dataclass
class ScenarioResult:
    """What came of a scenario in a run."""

    run: Run
    key: str
    name: str
    file: str
    line: int
    at: float
    steps: list[StepResult]
    # Until the run says otherwise: one that was killed says nothing more.
    status: ResultStatus = ResultStatus.BROKEN_OFF
    took: float = 0.0
    reason: str = ""
    error: str = ""

    @property
    def failed_step(self) -> StepResult | None:
        """The step that failed, if one did."""
        return next((step for step in self.steps if step.status is ResultStatus.FAILED), None)

    @property
    def message(self) -> str:
        """What went wrong, as behave told it."""
        return (self.failed_step.error if self.failed_step else "") or self.error or self.reason


@dataclass
class TargetResults:
    """All that is known of a target."""

    name: str
    # In the order in which they began.
    runs: list[Run]
    # By the key of the scenario.
    latest: dict[str, ScenarioResult]

    @property
    def last_run(self) -> Run:
        """The run that began last."""
        return self.runs[-1]


def read_results(file: Path) -> TargetResults:
    """Return what the file of a target holds, whatever the end of a killed run looks like."""
    runs: dict[str, Run] = {}
    latest: dict[str, ScenarioResult] = {}
    for line in lines_of(file):
        run = runs.setdefault(line["run"], Run(line["run"], line["at"]))
        # A line that another version wrote may say less: it takes nothing from the others.
        with suppress(KeyError, TypeError):
            _take(line, run, latest)
    return TargetResults(file.parent.name, list(runs.values()), latest)


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


def open_results(file: Path, lock: int = fcntl.LOCK_SH) -> FileIO:
    """Open a file to write at its end, made if need be, and follow no link.

    A run shares its lock with others. With LOCK_EX nobody else writes; with LOCK_NB
    besides, BlockingIOError is raised where somebody does.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        number = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        stream = FileIO(number, "a+")
        try:
            fcntl.flock(stream, lock)
            if file.exists() and os.path.samestat(os.fstat(number), file.stat()):
                return stream
        except BaseException:
            stream.close()
            raise
        # Rewritten meanwhile: another file has its name by now.
        stream.close()


def rewrite(file: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Let a file that is locked with LOCK_EX hold these lines, or else stay what it is."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8") as stream:
        stream.writelines(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    new.replace(file)


def _is_named(line: dict[str, Any]) -> bool:
    """Tell whether its run is called what runs are called: the evidence is in a folder of this name."""
    return isinstance(line["at"], int | float) and isinstance(line["run"], str) and bool(RUN.fullmatch(line["run"]))


def _take(line: dict[str, Any], run: Run, latest: dict[str, ScenarioResult]) -> None:
    run.ended = max(run.ended, line["at"])
    event = line["event"]
    if event == "about":
        run.about = {name: str(fact) for name, fact in line.items() if name not in ("event", "run", "at")}
    elif event == "end":
        run.complete = True
    elif event == "no start":
        run.no_start = line["reason"]
    elif event == "scenario":
        begun = _begun(line, run)
        latest[begun.key] = begun
        run.results.append(begun)
    elif event in ("step", "done") and run.results:
        (_step_done if event == "step" else _done)(run.results[-1], line)


def _begun(line: dict[str, Any], run: Run) -> ScenarioResult:
    steps = [
        StepResult(step["keyword"], step["type"], step["name"], step.get("table", []), step.get("text", ""))
        for step in line["steps"]
    ]
    return ScenarioResult(run, line["key"], line["name"], line["file"], line["line"], line["at"], steps)


def _step_done(result: ScenarioResult, line: dict[str, Any]) -> None:
    step = next((step for step in result.steps if step.status is ResultStatus.NOT_RUN), None)
    result.took = line["at"] - result.at
    if step:
        step.status, step.took, step.error = ResultStatus.of(line["status"]), line["took"], line["error"]


def _done(result: ScenarioResult, line: dict[str, Any]) -> None:
    result.status, result.took = ResultStatus.of(line["status"]), line["took"]
    result.reason, result.error = line["reason"], line["error"]
