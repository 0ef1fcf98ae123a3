"""`make collect`: results of several machines on one page; of each scenario on a target, the last one counts."""

import argparse
import fcntl
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Any

from acceptance.report.evidence_reader import is_evidence
from acceptance.report.paths import KEY, NO_TARGETS, REPORTS, RESULTS, RUN, TARGET
from acceptance.report.report_folder import ReportFolderError, claim
from acceptance.report.results import lines_of, read
from acceptance.report.results_file import opened, rewrite
from acceptance.report.site_builder import build

ALLOWED = f"allowed: folders like {REPORTS}/"
NAMES = {"key": ("scenario", KEY), "run": ("run", RUN)}


class CollectError(Exception):
    """Results that are not taken; says which, and why."""


def main(arguments: list[str] | None = None) -> int:
    """Add each folder's results to those here, and make the pages; return the exit code."""
    options = argparse.ArgumentParser(prog="make collect", description=__doc__)
    options.add_argument("folders", nargs="+", type=Path, help="folders like reports/, of other machines")
    folders = options.parse_args(arguments).folders
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        print(f"There is no folder {', '.join(missing)}; {ALLOWED}", file=sys.stderr)
        return 1
    try:
        claim(REPORTS)
        for folder in folders:
            collect(folder, REPORTS)
        print(f"Report: {build()}")
    except (CollectError, ReportFolderError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def collect(source: Path, into: Path) -> None:
    """Add the results of all targets in one folder to those in another, evidence included.

    Raises ReportFolderError, or CollectError before anything of that folder is added.
    """
    targets = [file.parent for file in sorted(source.glob(f"*/{RESULTS}")) if file.parent.name not in NO_TARGETS]
    if not targets and any(path.name not in NO_TARGETS for path in source.iterdir()):
        raise CollectError(f"{source} holds no results; {ALLOWED}")
    for target in targets:
        _refuse_hostile(target)
    for target in targets:
        claim(into, target.name)
        _add(target, into / target.name)


def _refuse_hostile(target: Path) -> None:
    """Raise CollectError for names that would lead out of the folder they are joined to, and for links."""
    file = target / RESULTS
    if not TARGET.fullmatch(target.name) or target.is_symlink() or file.is_symlink():
        raise CollectError(f"{target} is not taken: a link, or no name of a target")
    for number, text in enumerate(file.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        try:
            line = json.loads(text)
        except ValueError:
            continue
        for what, (of, pattern) in NAMES.items():
            if isinstance(line, dict) and what in line and not pattern.fullmatch(str(line[what])):
                raise CollectError(
                    f"{file}, line {number}: the {what} {line[what]!r} is no name of a {of}. "
                    "Nothing of this folder is taken"
                )


def _add(source: Path, target: Path) -> None:
    mine, theirs = target / RESULTS, source / RESULTS
    with _alone(mine):
        lines = _in_order(list(lines_of(mine)), lines_of(theirs))
        rewrite(mine, lines)
        runs = {line["run"] for line in lines_of(theirs)}
        for key, result in read(target.name, mine).latest.items():
            if result.run.id in runs:
                _copy(source / key / result.run.id, target / key / result.run.id)


def _alone(file: Path) -> FileIO:
    try:
        return opened(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Waiting for a run that writes to {file}…", file=sys.stderr, flush=True)
        return opened(file, fcntl.LOCK_EX)


def _copy(source: Path, evidence: Path) -> None:
    """Copy the evidence of a run, unless it is here already; links are not followed."""
    way = [source, source.parent, source.parent.parent]
    if evidence.exists() or not source.is_dir() or any(folder.is_symlink() for folder in way):
        return
    # It has its name once it is whole: what a full disk or a kill cut short is copied again the next time.
    part = evidence.with_name(f"{evidence.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file in filter(is_evidence, source.iterdir()):
        shutil.copy(file, part / file.name)
    part.rename(evidence)


def _in_order(mine: list[dict[str, Any]], theirs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of each run once, the runs in the order in which they began.

    A run may have equal lines: two scenarios that are skipped take no time.
    """
    here = Counter(map(json.dumps, mine))
    of_runs: dict[str, list[dict[str, Any]]] = {}
    for line in mine:
        of_runs.setdefault(line["run"], []).append(line)
    for line in theirs:
        if here[json.dumps(line)] > 0:
            here[json.dumps(line)] -= 1
        else:
            of_runs.setdefault(line["run"], []).append(line)
    return [line for of_run in sorted(of_runs.values(), key=lambda run: run[0]["at"]) for line in of_run]


if __name__ == "__main__":
    sys.exit(main())
