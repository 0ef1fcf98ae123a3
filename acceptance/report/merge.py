"""Merges the results of several machines; of each scenario on a target, the latest result counts."""

import fcntl
import re
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

from acceptance.report.evidence_reader import is_evidence
from acceptance.report.report_folder import JUNIT, REPORTS, RESULTS, SITE, WITH, claim, folders_with_results
from acceptance.report.results_file import lines_of, open_results, read_results, rewrite

ALLOWED = f"allowed: folders like {REPORTS}/"
# What scenario_key returns, and how targets are called: neither leaves the folder that it is joined to.
KEY = re.compile(r"[\w-]{1,150}/[\w-]{1,150}")
TARGET = re.compile(rf"[a-z][a-z0-9-]*({re.escape(WITH)}[a-z]+)?")


class CollectError(Exception):
    """Results that are not taken; says which, and why."""


def collect(source: Path, into: Path) -> None:
    """Add the results of all targets in one folder to those in another, evidence included.

    Raises ReportFolderError, or CollectError, before anything of that folder is added.
    """
    if not source.is_dir():
        raise CollectError(f"There is no folder {source}; {ALLOWED}")
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
    file, added = target / RESULTS, list(lines_of(source / RESULTS))
    # Waits until no run writes there any more.
    with open_results(file, fcntl.LOCK_EX):
        rewrite(file, _merged(list(lines_of(file)), added))
        runs = {line["run"] for line in added}
        for key, result in read_results(file).latest.items():
            if result.run.id in runs:
                _copy(source / key / result.run.id, target / key / result.run.id)


def _merged(*files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of all runs, in the order in which the runs began.

    Of a run that both files know, the longer one is taken: the run was still going on when the other was copied.
    """
    runs: dict[str, list[dict[str, Any]]] = {}
    for lines in files:
        of_runs = defaultdict(list)
        for line in lines:
            of_runs[line["run"]].append(line)
        for run, of_run in of_runs.items():
            runs[run] = max(runs.get(run, []), of_run, key=len)
    return [line for run in sorted(runs.values(), key=lambda run: run[0]["at"]) for line in run]


def _copy(source: Path, evidence: Path) -> None:
    """Copy the evidence of a run, unless it is here already; links are not followed."""
    above = [source, source.parent, source.parent.parent]
    if evidence.exists() or not source.is_dir() or any(folder.is_symlink() for folder in above):
        return
    # Gets its name when it is complete: after a full disk or a kill, the next time copies it again.
    part = evidence.with_name(f"{evidence.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for file in filter(is_evidence, source.iterdir()):
        shutil.copy(file, part / file.name)
    part.rename(evidence)
