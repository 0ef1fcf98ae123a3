"""`make collect`: results of several machines on one page; of each scenario on a target, the last one counts."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from features.report.building import build
from features.report.places import NO_TARGETS, REPORTS, RESULTS
from features.report.results import lines_of, read


def main(arguments: list[str] | None = None) -> int:
    """Add each folder's results to those here, and make the pages; return the exit code."""
    options = argparse.ArgumentParser(prog="make collect", description=__doc__)
    options.add_argument("folders", nargs="+", type=Path, help="folders like reports/, of other machines")
    folders = options.parse_args(arguments).folders
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        print(f"There is no folder {', '.join(missing)}; allowed: folders like {REPORTS}/", file=sys.stderr)
        return 1
    for folder in folders:
        collect(folder, REPORTS)
    print(f"Report: {build()}")
    return 0


def collect(source: Path, into: Path) -> None:
    """Add the results of all targets in one folder to those in another, evidence included."""
    for file in sorted(source.glob(f"*/{RESULTS}")):
        if file.parent.name not in NO_TARGETS:
            _add(file.parent, into / file.parent.name)


def _add(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    mine, theirs = target / RESULTS, source / RESULTS
    mine.touch()
    lines = _in_order([*lines_of(mine), *lines_of(theirs)])
    known_runs = {line["run"] for line in lines_of(mine)}
    mine.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    for key, result in read(target.name, mine).latest.items():
        if result.run.id not in known_runs:
            shutil.rmtree(target / key, ignore_errors=True)
            if (source / key).is_dir():
                shutil.copytree(source / key, target / key)


def _in_order(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of each run once, the runs in the order in which they began."""
    of_runs: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        of_run = of_runs.setdefault(line["run"], [])
        if line not in of_run:
            of_run.append(line)
    return [line for of_run in sorted(of_runs.values(), key=lambda run: run[0]["at"]) for line in of_run]


if __name__ == "__main__":
    sys.exit(main())
