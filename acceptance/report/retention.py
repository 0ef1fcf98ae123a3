"""Removes what is no longer needed: results that later ones replaced, scenarios that are gone, and their evidence."""

import fcntl
import shutil
from pathlib import Path
from typing import Any

from acceptance.report.paths import RESULTS
from acceptance.report.results import lines_of, open_results, read_results, rewrite

OF_A_SCENARIO = ("scenario", "step", "done")


def remove_unneeded(folder: Path, keys: set[str] | None) -> None:
    """Keep, of a target's folder, the last result of each of these scenarios, and the evidence of it.

    Without keys nobody knows which scenarios there are, and that of each is kept.
    Nothing is touched while another run writes there.
    """
    file = folder / RESULTS
    try:
        locked = open_results(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with locked:
        rewrite(file, still_needed(list(lines_of(file)), keys))
        latest = read_results(file).latest
        _remove_evidence(folder, {f"{key}/{result.run.id}" for key, result in latest.items()})


def still_needed(lines: list[dict[str, Any]], keys: set[str] | None) -> list[dict[str, Any]]:
    """Return the lines of the last result of each of these scenarios, and those about their runs and the last run."""
    last = {line["key"]: number for number, line in enumerate(lines) if line["event"] == "scenario"}
    starts = {number for key, number in last.items() if keys is None or key in keys}
    runs = {lines[number]["run"] for number in starts} | {line["run"] for line in lines[-1:]}
    # By run: whether the scenario that it is at is needed.
    needed: dict[str, bool] = {}
    kept = []
    for number, line in enumerate(lines):
        if line["event"] == "scenario":
            needed[line["run"]] = number in starts
        if needed.get(line["run"], False) if line["event"] in OF_A_SCENARIO else line["run"] in runs:
            kept.append(line)
    return kept


def _remove_evidence(folder: Path, needed: set[str]) -> None:
    """Remove, of each scenario's folder, what is of other runs; no link is followed."""
    for path in list(folder.glob("*/*/*")):
        above = path.parent.parent, path.parent
        if str(path.relative_to(folder)) in needed or any(each.is_symlink() for each in above):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for empty in (*folder.glob("*/*"), *folder.glob("*")):
        if empty.is_dir() and not empty.is_symlink() and not empty.parent.is_symlink() and not any(empty.iterdir()):
            empty.rmdir()
