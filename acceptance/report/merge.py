"""`make collect`: results of several machines on one page; of each scenario on a target, the last one counts."""

import argparse
import fcntl
import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from acceptance.report.evidence_reader import is_evidence
from acceptance.report.pages import build
from acceptance.report.paths import JUNIT, KEY, REPORTS, RESULTS, SITE, TARGET, folders_with_results
from acceptance.report.report_folder import ReportFolderError, claim
from acceptance.report.results import lines_of, open_results, read_results, rewrite

ALLOWED = f"allowed: folders like {REPORTS}/"


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
    targets = folders_with_results(source)
    if not targets and any(path.name not in (SITE, JUNIT) for path in source.iterdir()):
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
    for line in lines_of(file):
        if "key" in line and not KEY.fullmatch(str(line["key"])):
            raise CollectError(f"{file}: the key {line['key']!r} is no name of a scenario. Nothing of it is taken")


def _add(source: Path, target: Path) -> None:
    mine, theirs = target / RESULTS, list(lines_of(source / RESULTS))
    # Once no run writes there any more.
    with open_results(mine, fcntl.LOCK_EX):
        rewrite(mine, _merged(list(lines_of(mine)), theirs))
        runs = {line["run"] for line in theirs}
        for key, result in read_results(mine).latest.items():
            if result.run.id in runs:
                _copy(source / key / result.run.id, target / key / result.run.id)


def _merged(*files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of all runs, in the order in which the runs began.

    Of a run that both know, one may have less: it was still going on, or later results have replaced some of its own.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for lines in files:
        of_runs = defaultdict(list)
        for line in lines:
            of_runs[line["run"]].append(line)
        for run, own in of_runs.items():
            runs[run] = max(runs.get(run, []), own, key=len)
    return [line for run in sorted(runs.values(), key=lambda run: run[0]["at"]) for line in run]


def _copy(source: Path, evidence: Path) -> None:
    """Copy the evidence of a run, unless it is here already; links are not followed."""
    above = [source, source.parent, source.parent.parent]
    if evidence.exists() or not source.is_dir() or any(folder.is_symlink() for folder in above):
        return
    # It has its name once it is whole: what a full disk or a kill cut short is copied again the next time.
    part = evidence.with_name(f"{evidence.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file in filter(is_evidence, source.iterdir()):
        shutil.copy(file, part / file.name)
    part.rename(evidence)


if __name__ == "__main__":
    sys.exit(main())
