"""From what was recorded to figures, the aims they are held against, and how both are shown.

A median is over the rounds, unless it says otherwise. A ratio is one of two sides within one round.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.recorder import Run, Scenario

KINDS = ("fixtures", "browser", "waits", "clean")
Figures = dict[str, Any]
# How each side is called in what a person reads.
WHOLE_COMMANDS = {
    "suite": "the suite, one worker",
    "workers": "the suite, as many workers as make takes",
    "selenium": "bare Selenium, one browser",
    "full": "the suite in the full Chromium",
    "firefox": "the suite in Firefox",
    "idiomatic": "the idiomatic baseline",
    "idiomatic_shell": "the idiomatic baseline, in the headless shell",
}
# One is run as people run it, the other in the suite's own browser.
IDIOMATIC_SIDES = ("idiomatic", "idiomatic_shell")


class Aim(NamedTuple):
    """A limit of a figure: how it is shown, and whether the figure may be no smaller instead of no larger."""

    name: str
    figure: str
    limit: float
    unit: str = ""
    at_least: bool = False

    def is_met(self, figures: Figures) -> bool:
        """Tell whether the figure keeps to the limit."""
        figure = figures[self.figure]
        return bool(figure >= self.limit if self.at_least else figure <= self.limit)


# Waits are shown and not limited here: the browser is at work meanwhile, so the ratio judges them.
EVERYWHERE = (Aim("clean, median", "clean_ms", 50, "ms"), Aim("rest, slowest scenario", "rest_ms_max", 20, "ms"))
ON_THIS_MACHINE = (
    Aim("suite / bare Selenium, journeys", "ratio", 1.15),
    Aim("idiomatic / suite with workers", "idiomatic_ratio", 4, at_least=True),
    Aim("Firefox / full, journeys", "firefox_ratio", 1.25),
    *EVERYWHERE,
)
ONE_FIXTURE = Aim("one fixture, median", "fixture_ms", 10, "ms")
START = Aim("start-up", "start_s", 3, "s")
AIMS = {
    "local": (
        *ON_THIS_MACHINE,
        Aim("all with workers / one, full", "suite_ratio", 0.65),
        Aim("slow network, one / 4 workers", "slow_network_ratio", 3, at_least=True),
        Aim("a worker that is not needed", "unneeded_s", 0.3, "s"),
        Aim("coordinator, each scenario", "coordinator_ms", 2, "ms"),
        Aim("coordinator, 1,000 above 100", "coordinator_mb", 20, "MB"),
        Aim("start-up and stop", "start_and_stop_s", 1.5, "s"),
        Aim("fixtures, slowest scenario", "fixtures_ms_max", 20, "ms"),
        Aim("report, 300 on 3 targets", "report_build_s", 2, "s"),
    ),
    "docker": (
        *(*ON_THIS_MACHINE, START, ONE_FIXTURE),
        Aim("stop", "stop_s", 2, "s"),
        Aim("finding an unchanged image", "image_found_s", 0.5, "s"),
        Aim("image above its base", "image_above_base_mb", 120, "MB"),
        Aim("a new database", "database_service_new_s", 2, "s"),
        Aim("a database with its data", "database_service_existing_s", 1, "s"),
        Aim("new / docker run by hand", "database_new_ratio", 1.15),
        Aim("existing / docker run by hand", "database_existing_ratio", 1.15),
    ),
}
# Of any site on a server, and of the one that `make box` makes: deploys are measured beside it.
ON_A_SERVER = (Aim("suite / bare Selenium, journeys", "ratio", 1.25), *EVERYWHERE, START, ONE_FIXTURE)
DEPLOYS = {"first deploy": "first_deploy_s", "next deploy": "repeated_deploy_s", "rollback": "rollback_s"}
ON_A_BOX = (
    *ON_A_SERVER,
    *(
        Aim(f"{what}, {runtime}", f"{runtime}_{figure}", limit, "s")
        for runtime, limits in {"virtualenv": (12, 5, 3), "docker": (40, 10, 3)}.items()
        for (what, figure), limit in zip(DEPLOYS.items(), limits, strict=True)
    ),
    *(Aim(f"requests lost, {runtime}", f"{runtime}_requests_lost", 0) for runtime in ("virtualenv", "docker")),
    *(Aim(f"requests, {runtime}", f"{runtime}_requests", 5000, at_least=True) for runtime in ("virtualenv", "docker")),
)


def phases(run: Run) -> dict[str, float]:
    """Return the seconds of each phase of a run; together they are the whole of it."""
    spent = {kind: sum(scenario.spent(kind) for scenario in run.scenarios) for kind in KINDS}
    rest = run.journeys_s - sum(spent.values())
    start, stop = run.scenarios[0].began - run.spawned, run.exited - run.scenarios[-1].ended
    return {"start-up": start, **spent, "rest": rest, "stop": stop}


def one_side(runs: Sequence[Run]) -> Figures:
    """Return the figures of one side."""
    of_runs = [phases(run) for run in runs]
    fixtures = [seconds for run in runs for each in run.scenarios for seconds in each.calls.get("fixtures", [])]
    # A run's first scenario finds nothing used.
    cleaned = [scenario.spent("clean") for run in runs for scenario in run.scenarios[1:]]
    return {
        "whole_s": median(run.whole_s for run in runs),
        "journeys_s": median(run.journeys_s for run in runs),
        "start_s": median(phase["start-up"] for phase in of_runs),
        "stop_s": median(phase["stop"] for phase in of_runs),
        "start_and_stop_s": median(phase["start-up"] + phase["stop"] for phase in of_runs),
        "fixture_ms": 1000 * median(fixtures or [0]),
        "clean_ms": 1000 * median(cleaned),
        "fixtures_ms_max": max(_by_scenario(runs, lambda scenario: scenario.spent("fixtures")).values()),
        "waits_ms_max": max(_by_scenario(runs, lambda scenario: scenario.spent("waits")).values()),
        "rest_ms_max": max(_by_scenario(runs, lambda scenario: scenario.rest).values()),
        "phases_s": {name: median(phase[name] for phase in of_runs) for name in of_runs[0]},
        "scenarios_ms": _by_scenario(runs, lambda scenario: scenario.seconds),
    }


def _by_scenario(runs: Sequence[Run], seconds: Callable[[Scenario], float]) -> dict[str, float]:
    """Return each scenario's median in ms."""
    each = zip(*(run.scenarios for run in runs), strict=True)
    return {same[0].name: 1000 * median(map(seconds, same)) for same in each}


def target_figures(rounds: Sequence[Mapping[str, Run]], idiomatic: Mapping[str, Scenario]) -> Figures:
    """Return all figures of a target: the suite's own, bare Selenium's under "selenium", and how all sides compare.

    `idiomatic` is what each test of that baseline did, by its scenario, where it ran.
    """
    suite, selenium = ([each[side] for each in rounds] for side in ("suite", "selenium"))
    ratios = [ours.journeys_s / theirs.journeys_s for ours, theirs in zip(suite, selenium, strict=True)]
    figures = {
        "rounds": len(rounds),
        "ratio": median(ratios),
        "ratio_min": min(ratios),
        "ratio_max": max(ratios),
        "whole_ratio": median(each["suite"].whole_s / each["selenium"].whole_s for each in rounds),
        "whole_commands_s": {side: median(each[side].whole_s for each in rounds) for side in rounds[0]},
        "sent": _sent(suite[0].scenarios, selenium[0].scenarios, idiomatic),
        **one_side(suite),
        "selenium": one_side(selenium),
    }
    if "firefox" in rounds[0]:
        figures["firefox_ratio"] = median(each["firefox"].journeys_s / each["full"].journeys_s for each in rounds)
    for side in filter(rounds[0].__contains__, IDIOMATIC_SIDES):
        figures[f"{side}_ratio"] = median(each[side].whole_s / each["workers"].whole_s for each in rounds)
        one_worker = median(each[side].whole_s / each["suite"].whole_s for each in rounds)
        figures[f"{side}_ratio_one_worker"] = one_worker
    return figures


def _sent(
    suite: Sequence[Scenario], selenium: Sequence[Scenario], idiomatic: Mapping[str, Scenario]
) -> dict[str, dict[str, list[int]]]:
    """Return for each scenario how many commands and page loads each side's browser was sent."""
    by_name = {"suite": {each.name: each for each in suite}, "selenium": {each.name: each for each in selenium}}
    all_sides = by_name | ({"idiomatic": dict(idiomatic)} if idiomatic else {})
    return {
        name: {side: [of[name].commands, of[name].pages] for side, of in all_sides.items()} for name in by_name["suite"]
    }


def judged(target: str, figures: Figures) -> dict[str, dict[str, Any]]:
    """Return each aim of a target with its figure, its limit, and whether it is met."""
    return {
        aim.name: {
            "figure": figures[aim.figure],
            "at_least" if aim.at_least else "at_most": aim.limit,
            "unit": aim.unit,
            "met": aim.is_met(figures),
        }
        for aim in (AIMS | {"box": ON_A_BOX}).get(target, ON_A_SERVER)
    }


def described(target: str, figures: Figures) -> Iterator[str]:
    """Give the lines that a person reads."""
    other = figures["selenium"]
    yield f"The eight journeys on {target}; medians of {figures['rounds']} rounds, each with a process a side"
    yield f"{'':60}{'suite':>14}{'Selenium':>14}"
    yield _row("the journeys, s", figures["journeys_s"], other["journeys_s"])
    for phase, seconds in figures["phases_s"].items():
        yield _row(f"  {phase}, s", seconds, other["phases_s"][phase])
    yield _row("one fixture, ms", figures["fixture_ms"], other["fixture_ms"])
    yield _row("waits in the slowest scenario, ms", figures["waits_ms_max"], other["waits_ms_max"])
    for name, ms in figures["scenarios_ms"].items():
        yield _row(f"  {name}, ms", ms, other["scenarios_ms"][name])
    yield "Start-up ends, on both sides, with the site up, the browser's session open, and one page shown ahead."
    yield f"\nsuite / Selenium: from {figures['ratio_min']:.2f} to {figures['ratio_max']:.2f}"
    yield from _sent_lines(figures["sent"])
    yield "\nWhole commands, s"
    for side, seconds in figures["whole_commands_s"].items():
        yield f"{WHOLE_COMMANDS[side]:60}{seconds:14.2f}"
    for side in filter(figures["whole_commands_s"].__contains__, IDIOMATIC_SIDES):
        ratios = figures[f"{side}_ratio"], figures[f"{side}_ratio_one_worker"]
        yield "{} / the suite: {:.2f} with workers, {:.2f} with one".format(WHOLE_COMMANDS[side], *ratios)
    yield ""
    for name, aim in figures["aims"].items():
        unit, verdict = f" {aim['unit']}".rstrip(), "met" if aim["met"] else "missed"
        words, limit = ("at least", aim["at_least"]) if "at_least" in aim else ("at most", aim["at_most"])
        yield f"{name:32}{aim['figure']:8.2f}{unit} ({words} {limit:g}{unit}: {verdict})"


def _sent_lines(sent: dict[str, dict[str, list[int]]]) -> Iterator[str]:
    """Give a table of commands and page loads."""
    sides = list(next(iter(sent.values())))
    yield f"\n{'commands to the browser / page loads':60}" + "".join(f"{side:>14}" for side in sides)
    for name, numbers in sent.items():
        yield f"  {name[:57]:58}" + "".join(f"{'{} / {}'.format(*numbers[side]):>14}" for side in sides)
    sums = {side: [sum(each[side][kind] for each in sent.values()) for kind in (0, 1)] for side in sides}
    yield f"{'all':60}" + "".join(f"{'{} / {}'.format(*sums[side]):>14}" for side in sides)


def _row(name: str, ours: float, theirs: float) -> str:
    return f"{name[:59]:60}{ours:14.2f}{theirs:14.2f}"


def write(path: Path, target: str, figures: Figures) -> None:
    """Put the figures of a target into the file; those of other targets stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    others = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(others | {target: figures}, indent=2) + "\n")
