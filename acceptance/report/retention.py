"""Forgets what is no longer needed: results that later ones replaced, scenarios that are gone, and their evidence."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from acceptance.report.paths import RESULTS
from acceptance.report.results import lines_of, read
from acceptance.report.results_file import opened, rewrite

OF_A_SCENARIO = ("scenario", "step", "done")


def tidy(folder: Path, keys: set[str] | None) -> None:
    """Keep, of a target's folder, the last result of each of these scenarios, and the evidence of it.

    Without keys nobody knows which scenarios there are, and that of each is kept.
    Nothing is touched while another run writes there.
    """
    file = folder / RESULTS
    try:
        alone = opened(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with alone:
        rewrite(file, still_needed(list(lines_of(file)), keys))
        latest = read(folder.name, file).latest
        _remove_evidence(folder, {f"{key}/{result.run.id}" for key, result in latest.items()})


def _remove_evidence(folder: Path, needed: set[str]) -> None:
    """Remove, of each scenario's folder, what is of other runs."""
    for feature in _folders(folder):
        for scenario in _folders(feature):
            for path in scenario.iterdir():
                if f"{feature.name}/{scenario.name}/{path.name}" not in needed:
                    _remove(path)
            _remove_if_empty(scenario)
        _remove_if_empty(feature)


def _folders(folder: Path) -> Iterator[Path]:
    """Go through the folders in a folder, and through no link."""
    return (path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def still_needed(lines: list[dict[str, Any]], keys: set[str] | None) -> list[dict[str, Any]]:
    """Return the lines of the last result of each of these scenarios, and those about their runs and the last run."""
    last = {line["key"]: number for number, line in enumerate(lines) if line["event"] == "scenario"}
    starts = {number for key, number in last.items() if keys is None or key in keys}
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
