"""From what was recorded to figures, the aims they are held against, and how both are shown.

A median is over the rounds, unless it says otherwise. A ratio is behave to bare Selenium within one round.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.recorder import Scenario

KINDS = ("fixtures", "browser", "waits", "clean")
Figures = dict[str, Any]
# An aim: how it is shown, the figure, the most it may be, and its unit.
# Waits are shown and not limited here: the browser is at work meanwhile, so the ratio judges them.
Aim = tuple[str, str, float, str]
EVERYWHERE: tuple[Aim, ...] = (
    ("clean, median", "clean_ms", 50, " ms"),
    ("rest, slowest scenario", "rest_ms_max", 20, " ms"),
)
RATIO: Aim = ("behave / Selenium", "ratio", 1.25, "")
ONE_FIXTURE: Aim = ("one fixture, median", "fixture_ms", 10, " ms")
START: Aim = ("start-up", "start_s", 3, " s")
AIMS: dict[str, tuple[Aim, ...]] = {
    "local": (
        *(RATIO, *EVERYWHERE),
        ("start-up and stop", "start_and_stop_s", 1.5, " s"),
        ("headless shell / full browser", "shell_ratio", 0.9, ""),
        ("fixtures, slowest scenario", "fixtures_ms_max", 20, " ms"),
        ("report, 300 on 3 targets", "report_build_s", 2, " s"),
    ),
    "docker": (
        *(RATIO, *EVERYWHERE, START, ONE_FIXTURE),
        ("stop", "stop_s", 2, " s"),
        ("finding an unchanged image", "image_found_s", 0.5, " s"),
        ("image above its base", "image_above_base_mb", 120, " MB"),
        ("a new database", "database_service_new_s", 2, " s"),
        ("a database with its data", "database_service_existing_s", 1, " s"),
        ("new / docker run by hand", "database_new_ratio", 1.15, ""),
        ("existing / docker run by hand", "database_existing_ratio", 1.15, ""),
    ),
}
# Of any site on a server, and of the one that `make box` makes: deploys are measured beside it.
ON_A_SERVER: tuple[Aim, ...] = (("behave / Selenium", "ratio", 1.3, ""), *EVERYWHERE, START, ONE_FIXTURE)
ON_A_BOX: tuple[Aim, ...] = (
    *ON_A_SERVER,
    ("first deploy", "first_deploy_s", 90, " s"),
    ("repeated deploy", "repeated_deploy_s", 25, " s"),
    ("requests failed meanwhile", "requests_failed_during_deploy", 0, ""),
)


@dataclass(frozen=True)
class Run:
    """One side of one round: when its process was spawned and had exited, and its scenarios."""

    spawned: float
    exited: float
    scenarios: list[Scenario]

    @property
    def journeys_s(self) -> float:
        """From the beginning of the first scenario to the end of the last."""
        return self.scenarios[-1].ended - self.scenarios[0].began

    @property
    def whole_s(self) -> float:
        """From the process's birth to its exit."""
        return self.exited - self.spawned

    def phases(self) -> dict[str, float]:
        """Return the seconds of each phase; together they are the whole run."""
        spent = {kind: sum(scenario.spent(kind) for scenario in self.scenarios) for kind in KINDS}
        rest = self.journeys_s - sum(spent.values())
        start, stop = self.scenarios[0].began - self.spawned, self.exited - self.scenarios[-1].ended
        return {"start-up": start, **spent, "rest": rest, "stop": stop}


def one_side(runs: Sequence[Run]) -> Figures:
    """Return the figures of one side."""
    phases = [run.phases() for run in runs]
    fixtures = [seconds for run in runs for each in run.scenarios for seconds in each.calls.get("fixtures", [])]
    # A run's first scenario finds nothing used.
    cleaned = [scenario.spent("clean") for run in runs for scenario in run.scenarios[1:]]
    return {
        "whole_s": median(run.whole_s for run in runs),
        "journeys_s": median(run.journeys_s for run in runs),
        "start_s": median(phase["start-up"] for phase in phases),
        "stop_s": median(phase["stop"] for phase in phases),
        "start_and_stop_s": median(phase["start-up"] + phase["stop"] for phase in phases),
        "fixture_ms": 1000 * median(fixtures or [0]),
        "clean_ms": 1000 * median(cleaned),
        "fixtures_ms_max": max(_by_scenario(runs, lambda scenario: scenario.spent("fixtures")).values()),
        "waits_ms_max": max(_by_scenario(runs, lambda scenario: scenario.spent("waits")).values()),
        "rest_ms_max": max(_by_scenario(runs, lambda scenario: scenario.rest).values()),
        "phases_s": {name: median(phase[name] for phase in phases) for name in phases[0]},
        "scenarios_ms": _by_scenario(runs, lambda scenario: scenario.seconds),
    }


def _by_scenario(runs: Sequence[Run], seconds: Callable[[Scenario], float]) -> dict[str, float]:
    """Return each scenario's median in ms."""
    each = zip(*(run.scenarios for run in runs), strict=True)
    return {same[0].name: 1000 * median(map(seconds, same)) for same in each}


def both_sides(behave: Sequence[Run], selenium: Sequence[Run]) -> Figures:
    """Return all figures of a target: behave's own, the other side's under "selenium", and the ratio."""
    pairs = list(zip(behave, selenium, strict=True))
    ratios = [ours.journeys_s / theirs.journeys_s for ours, theirs in pairs]
    return {
        "rounds": len(pairs),
        "ratio": median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
        "whole_ratio": median(ours.whole_s / theirs.whole_s for ours, theirs in pairs),
        **one_side(behave),
        "selenium": one_side(selenium),
    }


def judged(target: str, figures: Figures) -> dict[str, dict[str, Any]]:
    """Return each aim of a target with its figure, its limit, and whether it is met."""
    aims = (AIMS | {"box": ON_A_BOX}).get(target, ON_A_SERVER)
    return {
        name: {"figure": figures[key], "at_most": most, "unit": unit.strip(), "met": figures[key] <= most}
        for name, key, most, unit in aims
    }


def described(target: str, figures: Figures) -> Iterator[str]:
    """Give the lines that a person reads."""
    other = figures["selenium"]
    yield f"The eight journeys on {target}; medians of {figures['rounds']} rounds, each with a process a side"
    yield f"{'':60}{'behave':>14}{'Selenium':>14}"
    yield _row("the whole command, s", figures["whole_s"], other["whole_s"])
    yield _row("the journeys, s", figures["journeys_s"], other["journeys_s"])
    for phase, seconds in figures["phases_s"].items():
        yield _row(f"  {phase}, s", seconds, other["phases_s"][phase])
    yield _row("one fixture, ms", figures["fixture_ms"], other["fixture_ms"])
    yield _row("waits in the slowest scenario, ms", figures["waits_ms_max"], other["waits_ms_max"])
    for name, ms in figures["scenarios_ms"].items():
        yield _row(f"  {name}, ms", ms, other["scenarios_ms"][name])
    yield "Start-up ends, on both sides, with the site up, the browser's session open, and one page shown ahead."
    spread = f"from {figures['ratio_min']:.2f} to {figures['ratio_max']:.2f}"
    yield f"\nbehave / Selenium: {spread}; of the whole commands: {figures['whole_ratio']:.2f}"
    for name, aim in figures["aims"].items():
        unit = f" {aim['unit']}".rstrip()
        verdict = "met" if aim["met"] else "missed"
        yield f"{name:30}{aim['figure']:8.2f}{unit} (at most {aim['at_most']:g}{unit}: {verdict})"


def _row(name: str, ours: float, theirs: float) -> str:
    return f"{name[:59]:60}{ours:14.2f}{theirs:14.2f}"


def write(path: Path, target: str, figures: Figures) -> None:
    """Put the figures of a target into the file; those of other targets stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    others = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(others | {target: figures}, indent=2) + "\n")
