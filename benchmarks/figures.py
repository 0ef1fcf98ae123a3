"""The arithmetic: from what was recorded to the figures of the report.

A median is over the rounds, unless it says otherwise. A ratio is behave to
straight within one round.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from benchmarks.recorder import Call, Scenario

PHASES: dict[str, tuple[str, ...]] = {
    "fixtures": ("fixture",),
    "browser": ("webdriver", "devtools"),
    "waits": ("wait",),
    "clean": ("clean",),
}
Entry = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One side of one round: when its process was spawned and had exited, and its scenarios."""

    spawned: float
    exited: float
    scenarios: list[Scenario]

    @property
    def start_s(self) -> float:
        """From the process's birth to its first scenario: the site, the browser and its session are up."""
        return self.scenarios[0].began - self.spawned

    @property
    def journeys_s(self) -> float:
        """From the beginning of the first scenario to the end of the last."""
        return self.scenarios[-1].ended - self.scenarios[0].began

    @property
    def stop_s(self) -> float:
        """From the end of the last scenario to the process's exit."""
        return self.exited - self.scenarios[-1].ended

    @property
    def whole_s(self) -> float:
        """From the process's birth to its exit."""
        return self.exited - self.spawned

    def phases(self) -> dict[str, float]:
        """Return the seconds of each phase; together they are the whole run."""
        spent = {name: sum(s.spent(*kinds) for s in self.scenarios) for name, kinds in PHASES.items()}
        rest = self.journeys_s - sum(spent.values())
        return {"start-up": self.start_s, **spent, "rest": rest, "stop": self.stop_s}

    def per_scenario(self, kind: str) -> float:
        """Return how many calls of a kind a scenario makes on average, other threads' included."""
        made = sum(call.kind == kind for scenario in self.scenarios for call in scenario.calls)
        return made / len(self.scenarios)


def rest_seconds(scenario: Scenario) -> float:
    """Return the seconds of a scenario that no recorded call accounts for."""
    return scenario.seconds - sum(scenario.spent(*kinds) for kinds in PHASES.values())


def by_scenario(runs: Iterable[Run], seconds: Callable[[Scenario], float]) -> dict[str, float]:
    """Return each scenario's median in ms."""
    each = zip(*(run.scenarios for run in runs), strict=True)
    return {same[0].name: 1000 * median(map(seconds, same)) for same in each}


def call_ms(runs: Iterable[Run], kind: str) -> float:
    """Return the median of all calls of a kind in ms; 0 when there are none."""
    return 1000 * median([call.seconds for call in _calls(runs) if call.kind == kind] or [0])


def clean_ms(runs: Iterable[Run]) -> float:
    """Return the median time that scenarios spend on their clean start, in ms; a run's first finds nothing used."""
    return 1000 * median(scenario.spent("clean") for run in runs for scenario in run.scenarios[1:])


def commands(runs: Sequence[Run]) -> dict[str, dict[str, float]]:
    """Return, for each command to the browser, how many a run makes and the ms they take together: means."""
    found: dict[str, list[float]] = {}
    for call in _calls(runs):
        if call.kind in PHASES["browser"]:
            found.setdefault(f"{call.name} ({call.within})" if call.within else call.name, []).append(call.seconds)
    return {name: {"n": len(took) / len(runs), "ms": 1000 * sum(took) / len(runs)} for name, took in found.items()}


def _calls(runs: Iterable[Run]) -> Iterable[Call]:
    return (call for run in runs for scenario in run.scenarios for call in scenario.calls)


def side(runs: Sequence[Run]) -> Entry:
    """Return the figures of one side."""
    slowest = {
        "fixtures_ms_max": lambda scenario: scenario.spent("fixture"),
        "waits_ms_max": lambda scenario: scenario.spent("wait"),
        "rest_ms_max": rest_seconds,
    }
    phases = [run.phases() for run in runs]
    return {
        "whole_s": median(run.whole_s for run in runs),
        "journeys_s": median(run.journeys_s for run in runs),
        "start_s": median(run.start_s for run in runs),
        "stop_s": median(run.stop_s for run in runs),
        "fixture_ms": call_ms(runs, "fixture"),
        "clean_ms": clean_ms(runs),
        **{name: max(by_scenario(runs, seconds).values()) for name, seconds in slowest.items()},
        "commands_per_scenario": fmean(run.per_scenario("webdriver") for run in runs),
        "devtools_per_scenario": fmean(run.per_scenario("devtools") for run in runs),
        "phases_s": {name: median(phase[name] for phase in phases) for name in phases[0]},
        "scenarios_ms": by_scenario(runs, lambda scenario: scenario.seconds),
        "commands": commands(runs),
    }


def entry(behave: Sequence[Run], straight: Sequence[Run]) -> Entry:
    """Return all figures of a target: behave's own, the straight side's under "straight", and the ratio."""
    pairs = list(zip(behave, straight, strict=True))
    ratios = [ours.journeys_s / theirs.journeys_s for ours, theirs in pairs]
    plain = side(straight)
    return {
        "rounds": len(pairs),
        "ratio": median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
        "whole_ratio": median(ours.whole_s / theirs.whole_s for ours, theirs in pairs),
        **side(behave),
        "straight_s": plain["journeys_s"],
        "straight_commands_per_scenario": plain["commands_per_scenario"],
        "straight": plain,
    }
