"""The results of a target as the report knows them: its runs, their scenarios, and the steps of these."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from acceptance.report.formatting import headline, listed

# How many results are called the slowest.
SLOWEST = 5
SHARD = re.compile(r"[1-9][0-9]{0,3}/[1-9][0-9]{0,3}")
# A smaller part of a run cannot be seen in a bar.
VISIBLE_FROM = 0.002


class ResultStatus(StrEnum):
    """The status of a step or a scenario; the worst first, for somebody in a hurry."""

    FAILED = "failed"
    BROKEN_OFF = "broken off"
    SKIPPED = "skipped"
    NOT_RUN = "not run"
    PASSED = "passed"

    @property
    def symbol(self) -> str:
        """A character for people who cannot see red, and for printers without colour."""
        return dict(zip(ResultStatus, "✗!-·✓", strict=True))[self]

    @classmethod
    def of(cls, name: str) -> "ResultStatus":
        """Return the status for a name of behave's, which has many for a failure."""
        names = {
            "passed": cls.PASSED,
            "skipped": cls.SKIPPED,
            "untested": cls.NOT_RUN,
            "interrupted": cls.BROKEN_OFF,
        }
        return names.get(name, cls.FAILED)

    @classmethod
    def worst(cls, statuses: Iterable["ResultStatus"]) -> "ResultStatus":
        """Return the worst of them; `NOT_RUN` if there is none."""
        return min(statuses, key=list(cls).index, default=cls.NOT_RUN)


@dataclass
class StepText:
    """What a step says; the first row of its table has the headings."""

    keyword: str
    type: str
    name: str
    table: list[list[str]] = field(default_factory=list)
    text: str = ""

    @classmethod
    def of(cls, step: Any) -> "StepText":
        """Return what a step of behave's says."""
        rows = [step.table.headings, *(row.cells for row in step.table.rows)] if step.table else []
        return cls(step.keyword, step.step_type, step.name, list(map(list, rows)), str(step.text or ""))

    def __str__(self) -> str:
        """Return keyword, name and cells as one line."""
        return " ".join([self.keyword, self.name, *(cell for row in self.table[1:] for cell in row)])


@dataclass
class StepResult(StepText):
    """What a step said, and its outcome."""

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
    # Why the run did not start; empty if it did.
    no_start: str = ""
    # What was wrong with it as a whole, though it came to its end: it was interrupted, or nothing ran.
    problem: str = ""
    # Whether that is how it ended before its last scenario; the problem says how many did not run.
    ended_early: bool = False
    # False for a run that was killed.
    complete: bool = False
    results: list["ScenarioResult"] = field(default_factory=list)
    # The runs of several machines that shared this one.
    shards: list["Run"] = field(default_factory=list)

    @property
    def shard(self) -> str:
        """Which part of a shared run it is, such as 2/5; empty where it is no part."""
        shard = self.about.get("shard", "")
        return shard if SHARD.fullmatch(shard) else ""

    def shares_with(self, other: "Run") -> bool:
        """Tell whether two runs are parts of one: of one order, and of one release as far as that is known."""
        releases = {run.about.get("release") for run in (self, other)} - {None}
        orders = {(run.about.get("order"), run.shard.partition("/")[2]) for run in (self, other)}
        return bool(self.shard) and len(orders) == 1 and len(releases) <= 1

    @property
    def took(self) -> float:
        """The seconds up to its last line."""
        return self.ended - self.began

    @property
    def time_spent(self) -> dict[str, float]:
        """Where the seconds went: before the first scenario, in each type of step, and between the steps."""
        if self.shards:
            return dict(sum((Counter(run.time_spent) for run in self.shards), Counter()))
        steps = [step for result in self.results for step in result.steps]
        spent = {kind.capitalize(): sum(s.took for s in steps if s.type == kind) for kind in ("given", "when", "then")}
        starting = (self.results[0].at if self.results else self.ended) - self.began
        # Several workers have more time than has passed.
        whole = max(self.took - starting, sum(result.took for result in self.results))
        between = max(whole - sum(spent.values()), 0.0)
        parts = {"Starting": starting, **spent, "Between scenarios": between}
        return {name: seconds for name, seconds in parts.items() if seconds > VISIBLE_FROM * sum(parts.values())}

    @property
    def slowest(self) -> list["ScenarioResult"]:
        """The results that took longest."""
        return sorted(self.results, key=lambda result: -result.took)[:SLOWEST]


@dataclass
class ScenarioResult:
    """The outcome of a scenario in a run."""

    run: Run
    key: str
    name: str
    file: str
    line: int
    at: float
    steps: list[StepResult]
    # Stays if the run was killed in this scenario.
    status: ResultStatus = ResultStatus.BROKEN_OFF
    took: float = 0.0
    reason: str = ""
    error: str = ""
    # Where it ran again and why, if it did.
    repeated: str = ""
    # When its last line was written.
    ended: float = 0.0
    # Whether its beginning cannot be read: nothing that follows is taken for what it was.
    damaged: bool = False

    @property
    def failed_step(self) -> StepResult | None:
        """The step that failed, if one did."""
        return next((step for step in self.steps if step.status is ResultStatus.FAILED), None)

    @property
    def message(self) -> str:
        """What went wrong, in behave's words."""
        return (self.failed_step.error if self.failed_step else "") or self.error or self.reason


@dataclass
class TargetResults:
    """Everything that is known of a target: its runs as they began, and each scenario's latest result by its key."""

    name: str
    runs: list[Run]
    latest: dict[str, ScenarioResult]

    @cached_property
    def last_run(self) -> Run:
        """The run that began last, with the others of a run that several machines shared."""
        last = self.runs[-1]
        # Of a shard that ran twice, the later run.
        latest = {run.shard: run for run in self.runs if run.shares_with(last)}
        shards = sorted(latest.values(), key=lambda run: int(run.shard.partition("/")[0]))
        return put_together(shards) if shards else last

    def is_of_last_run(self, result: ScenarioResult) -> bool:
        """Tell whether a result is of the last run, wherever that ran."""
        return any(result.run is run for run in self.last_run.shards or [self.last_run])


def put_together(shards: list[Run]) -> Run:
    """Return the run that several machines shared; it proves nothing where a shard is missing, or proves nothing."""
    last = max(shards, key=lambda run: run.began)
    return Run(
        last.id,
        min(run.began for run in shards),
        max(run.ended for run in shards),
        last.about | {"shard": listed([run.shard for run in shards])},
        problem=next(_problems_of_shards(shards), ""),
        ended_early=any(run.ended_early for run in shards),
        complete=all(run.complete for run in shards),
        results=[result for run in shards for result in run.results],
        shards=shards,
    )


def _problems_of_shards(shards: list[Run]) -> Iterator[str]:
    yield from (run.problem for run in shards if run.ended_early)
    for run in shards:
        if run.no_start:
            yield f"The shard {run.shard} did not start: {headline(run.no_start)}"
        elif run.problem:
            yield f"The shard {run.shard} is no proof: {run.problem}"
    count = int(shards[0].shard.partition("/")[2])
    there = {run.shard for run in shards}
    if missing := [shard for number in range(count) if (shard := f"{number + 1}/{count}") not in there]:
        yield f"Missing: shard {listed(missing)}."
