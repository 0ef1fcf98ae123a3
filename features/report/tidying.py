"""Forgets what is no longer needed: results that later ones replaced, scenarios that are gone, and their evidence."""

import fcntl
import json
import shutil
from pathlib import Path
from typing import Any

from features.report.places import RESULTS
from features.report.results import lines_of

OF_A_SCENARIO = ("scenario", "step", "done")


def tidy(folder: Path, keys: set[str]) -> None:
    """Keep, of a target's folder, the last result of each of these scenarios, and the evidence of it.

    What another run is just writing is left alone.
    """
    file = folder / RESULTS
    if file.exists():
        with file.open("r+", encoding="utf-8") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            _rewrite(file, still_needed(list(lines_of(file)), keys))
    _remove_evidence(folder, keys if file.exists() else set())


def _rewrite(file: Path, lines: list[dict[str, Any]]) -> None:
    new = file.with_suffix(".new")
    new.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    new.replace(file)


def _remove_evidence(folder: Path, keys: set[str]) -> None:
    for feature in filter(Path.is_dir, folder.glob("*")):
        for scenario in feature.iterdir():
            if f"{feature.name}/{scenario.name}" not in keys:
                shutil.rmtree(scenario, ignore_errors=True)
        if not any(feature.iterdir()):
            feature.rmdir()


def still_needed(lines: list[dict[str, Any]], keys: set[str]) -> list[dict[str, Any]]:
    """Return the lines of the last result of each of these scenarios, and those about their runs and the last run."""
    last = {line["key"]: number for number, line in enumerate(lines) if line["event"] == "scenario"}
    starts = {number for key, number in last.items() if key in keys}
    runs = {lines[number]["run"] for number in starts} | {line["run"] for line in lines[-1:]}
    keeping: dict[str, bool] = {}
    kept = []
    for number, line in enumerate(lines):
        if line["event"] == "scenario":
            keeping[line["run"]] = number in starts
        wanted = keeping.get(line["run"], False) if line["event"] in OF_A_SCENARIO else line["run"] in runs
        if wanted:
            kept.append(line)
    return kept
