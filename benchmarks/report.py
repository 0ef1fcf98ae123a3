"""What a measurement says: to its reader, and to reports/bench.json."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures import Entry

# An aim: the figure as it is called, its value in an entry, the most it may be, and its unit.
# Waits are shown and not limited here: the browser is at work meanwhile, so the ratio judges them.
Aim = tuple[str, Callable[[Entry], float], float, str]
EVERYWHERE: tuple[Aim, ...] = (
    ("behave / straight", lambda entry: entry["ratio"], 1.25, ""),
    ("clean, median", lambda entry: entry["clean_ms"], 50, " ms"),
    ("rest, slowest scenario", lambda entry: entry["rest_ms_max"], 20, " ms"),
)
AIMS: dict[str, tuple[Aim, ...]] = {
    "local": (
        *EVERYWHERE,
        ("start-up and stop", lambda entry: entry["start_s"] + entry["stop_s"], 2, " s"),
        ("fixtures, slowest scenario", lambda entry: entry["fixtures_ms_max"], 20, " ms"),
        ("report, 300 on 3 targets", lambda entry: entry["pages_s"], 2, " s"),
    ),
    "docker": (
        *EVERYWHERE,
        ("start-up", lambda entry: entry["start_s"], 3, " s"),
        ("stop", lambda entry: entry["stop_s"], 2, " s"),
        ("one fixture, median", lambda entry: entry["fixture_ms"], 10, " ms"),
        ("finding an unchanged image", lambda entry: entry["image_found_s"], 0.5, " s"),
        ("image above its base", lambda entry: entry["image_above_base_mb"], 120, " MB"),
        ("a new database", lambda entry: entry["database_service_new_s"], 2, " s"),
        ("a database with its data", lambda entry: entry["database_service_existing_s"], 1, " s"),
        ("new / docker run by hand", lambda entry: entry["database_new_ratio"], 1.15, ""),
        ("existing / docker run by hand", lambda entry: entry["database_existing_ratio"], 1.15, ""),
    ),
}
# Of any site on a server.
ON_A_SERVER: tuple[Aim, ...] = (
    ("behave / straight", lambda entry: entry["ratio"], 1.3, ""),
    *EVERYWHERE[1:],
    ("start-up", lambda entry: entry["start_s"], 3, " s"),
    ("one fixture, median", lambda entry: entry["fixture_ms"], 10, " ms"),
)
# Of the one that `make box` makes: deploys are measured beside it.
ON_A_BOX: tuple[Aim, ...] = (
    *ON_A_SERVER,
    ("first deploy", lambda entry: entry["first_deploy_s"], 90, " s"),
    ("repeated deploy", lambda entry: entry["repeated_deploy_s"], 25, " s"),
    ("requests failed meanwhile", lambda entry: entry["requests_failed_during_deploy"], 0, ""),
)
ON_SERVERS = {"box": ON_A_BOX}
COMMANDS_SHOWN = 12


def aims(target: str, entry: Entry) -> dict[str, dict[str, Any]]:
    """Return each aim of a target with its figure, its limit, and whether it is met."""
    return {
        name: {"figure": figure(entry), "at_most": most, "unit": unit.strip(), "met": figure(entry) <= most}
        for name, figure, most, unit in (AIMS | ON_SERVERS).get(target, ON_A_SERVER)
    }


def told(target: str, entry: Entry) -> str:
    """Return the figures as a person reads them."""
    return "\n".join(_lines(target, entry))


def _lines(target: str, entry: Entry) -> Iterator[str]:
    plain = entry["straight"]
    yield f"The eight journeys on {target}; medians of {entry['rounds']} rounds, each with a process a side"
    yield _row("", "behave", "straight")
    yield _row("the whole command, s", entry["whole_s"], plain["whole_s"])
    yield _row("the journeys, s", entry["journeys_s"], plain["journeys_s"])
    for phase, seconds in entry["phases_s"].items():
        yield _row(f"  {phase}, s", seconds, plain["phases_s"][phase])
    yield _row("WebDriver commands a scenario", entry["commands_per_scenario"], plain["commands_per_scenario"])
    yield _row("DevTools round trips a scenario", entry["devtools_per_scenario"], plain["devtools_per_scenario"])
    yield _row("one fixture, ms", entry["fixture_ms"], plain["fixture_ms"])
    yield _row("waits in the slowest scenario, ms", entry["waits_ms_max"], plain["waits_ms_max"])
    yield "Start-up ends, on both sides, with the site up, the browser's session open, and one page shown ahead."
    yield from _scenarios(entry)
    yield from _commands(entry)
    spread = f"from {entry['ratio_min']:.2f} to {entry['ratio_max']:.2f}"
    yield f"\nbehave / straight: {spread}; of the whole commands: {entry['whole_ratio']:.2f}"
    for name, aim in entry["aims"].items():
        unit = f" {aim['unit']}".rstrip()
        verdict = "met" if aim["met"] else "missed"
        yield f"{name:30}{aim['figure']:8.2f}{unit} (at most {aim['at_most']:g}{unit}: {verdict})"


def _scenarios(entry: Entry) -> Iterator[str]:
    yield "\n" + _row("Scenarios, ms", "behave", "straight")
    for name, ms in entry["scenarios_ms"].items():
        yield _row(f"  {name}", ms, entry["straight"]["scenarios_ms"][name])


def _commands(entry: Entry) -> Iterator[str]:
    ours, plain = entry["commands"], entry["straight"]["commands"]
    none = {"n": 0, "ms": 0}
    apart = {name: ours.get(name, none)["ms"] - plain.get(name, none)["ms"] for name in {**ours, **plain}}
    yield "\n" + _row("Commands that differ most, ms and (times) a run", "behave", "straight")
    for name in sorted(apart, key=lambda name: -abs(apart[name]))[:COMMANDS_SHOWN]:
        yield _row(
            f"  {name}", *(f"{s['ms']:.0f} ({s['n']:.3g})" for s in (ours.get(name, none), plain.get(name, none)))
        )


def _row(name: str, *cells: float | str) -> str:
    return f"{name[:59]:60}" + "".join(f"{cell if isinstance(cell, str) else f'{cell:.2f}':>14}" for cell in cells)


def write(path: Path, target: str, entry: Entry) -> None:
    """Put the entry of a target into the file; those of other targets stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    others = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(others | {target: _rounded(entry)}, indent=2) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return round(value, 3) if isinstance(value, float) else value
