"""The folder of the report: what is where in it, and whether the suite may write and delete there.

The suite deletes what it wrote there, so the folder has to bear the suite's mark. A folder gets
the mark if it is new or empty, or if it holds only files that are never deleted.
"""

import os
import re
import stat
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from acceptance.project import project
from acceptance.report.formatting import listed

# The environment variable that names another folder, for runs whose results are nobody's news, such as those of tests.
VARIABLE = f"{project().name.upper().replace('-', '_')}_REPORTS"
REPORTS = Path(os.environ.get(VARIABLE) or "reports")
RESULTS = "results.jsonl"
SITE = "site"
JUNIT = "junit"
MARK = f".{project().name}-reports"
LOCK = ".site.lock"
EXPLANATION = "Results and pages of acceptance runs. The suite removes here what it no longer needs.\n"
# What runs write here besides results and pages, some of it before the mark; none of it is ever deleted as a folder.
NEVER_CLEARED = re.compile(rf"{JUNIT}|\.site\.lock|\.coverage(\..+)?|dockerd\.log|(bench|gitlab)\.json|mutants\.jsonl")
# File systems take names of 255 bytes.
NAME_BYTES = 100
SHOWN = 3
# Between a target and a browser: no name of a target has it.
WITH = "+"
ALLOWED = f"Allowed in {VARIABLE}: a folder that is new or empty, or that an earlier run marked as its own"
ELSEWHERE = f"{VARIABLE} names another folder for it"


class ReportFolderError(Exception):
    """A folder that the report cannot be in; says what is there, and what is allowed."""


def scenario_key(scenario: Any) -> str:
    """Return what identifies a scenario in every run and on every target: its feature and its name.

    It is also the path of its evidence and of its page. Where a feature has several
    scenarios of one name, the later ones carry their line.
    """
    feature, name = scenario.feature, slug(scenario.name)
    first = min(other.line for other in feature.walk_scenarios() if slug(other.name) == name)
    later = "" if scenario.line == first else f"-{scenario.line}"
    return f"{slug(feature.name)}/{name}{later}"


@cache
def slug(name: str) -> str:
    """Return a name as it can stand in a path, whatever its length."""
    plain = re.sub(r"\W+", "-", name.lower()).strip("-") or "unnamed"
    cut = plain.encode()[:NAME_BYTES].decode(errors="ignore")
    return plain if cut == plain else f"{cut}-{sha256(name.encode()).hexdigest()[:8]}"


def results_name(target: str, browser: str) -> str:
    """Return what the results on a target are called, in a browser that has a column of its own, or in any other."""
    return f"{target}{WITH}{browser}" if browser else target


def make_variables(name: str) -> str:
    """Return how `make` is told to run what the results of this name are of."""
    target, _, browser = name.partition(WITH)
    return f"TARGET={target} BROWSER={browser}" if browser else f"TARGET={target}"


def target_folder(target: str, reports: Path | None = None) -> Path:
    """Return the folder of the results and evidence of this name; a site may be called what the pages are."""
    return (reports or REPORTS) / (f"{target}-target" if target in (SITE, JUNIT) else target)


def evidence_folder(target: str, scenario: Any, run: str, reports: Path | None = None) -> Path:
    """Return the folder of a scenario's evidence in a run: runs at the same time have one each."""
    return target_folder(target, reports) / scenario_key(scenario) / run


def folders_with_results(reports: Path) -> list[Path]:
    """Return the folders of all targets that have results, by name."""
    return [file.parent for file in sorted(reports.glob(f"*/{RESULTS}")) if file.parent.name not in (SITE, JUNIT)]


def claim(folder: Path = REPORTS, target: str = "") -> None:
    """Mark the folder as the suite's own, and create it if need be; raises ReportFolderError."""
    if problem := mistake(folder, target):
        raise ReportFolderError(problem)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError), (folder / MARK).open("x", encoding="utf-8") as mark:
            mark.write(EXPLANATION)
    except OSError as error:
        raise ReportFolderError(f"The report cannot be written: {error}. {ELSEWHERE}") from error


def mistakes(target: str, junit: Path | None = None) -> list[str]:
    """Return why a run of this target could not write its results, or its JUnit files if they are wanted."""
    blocked = folder_obstacle(junit) if junit else ""
    elsewhere = f"The JUnit files cannot be written: {blocked}. --junit-directory=… names another folder"
    return [problem for problem in (mistake(target=target), elsewhere if blocked else "") if problem]


def mistake(folder: Path = REPORTS, target: str = "") -> str:
    """Return why the report, with the results of this target, cannot be in the folder; empty if it can be."""
    try:
        if problem := _foreign(folder):
            return f"{problem}. {ALLOWED}"
        written = [folder / name for name in (LOCK, SITE, JUNIT)]
        if target:
            results = target_folder(target, folder)
            written += [results, *sorted([*results.glob("*"), *results.glob("*/*")])]
    except OSError as error:
        return f"{folder} cannot be looked at: {error}. {ALLOWED}"
    if link := next(filter(Path.is_symlink, written), None):
        return f"{link} is a link, and none is followed below the folder of the report. Remove it"
    blocked = next(filter(None, map(obstacle, [folder, *written])), "")
    return f"The report cannot be written: {blocked}. {ELSEWHERE}" if blocked else ""


def obstacle(path: Path) -> str:
    """Return what keeps this user from writing at a path, whether something exists there or not; empty if nothing."""
    nearest = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    if nearest.is_dir():
        return "" if os.access(nearest, os.W_OK | os.X_OK) else f"this user cannot write to the folder {nearest}"
    if nearest != path:
        return f"{nearest} is no folder"
    return "" if os.access(nearest, os.W_OK) else f"this user cannot write to {nearest}"


def folder_obstacle(path: Path) -> str:
    """Return what keeps this user from writing files in a folder, whether it exists or not; empty if nothing."""
    return f"{path} is no folder" if os.path.lexists(path) and not path.is_dir() else obstacle(path)


def _foreign(folder: Path) -> str:
    """Return why a folder is not the suite's own; empty if it is, or does not exist."""
    if not folder.exists():
        return ""
    if not folder.is_dir():
        return f"{folder} is no folder"
    mark = folder / MARK
    marked = os.path.lexists(mark)
    if not _is_mine(folder.stat()) or (marked and not _is_mine(mark.lstat())):
        return f"{folder} is another user's, and nothing of theirs is written or removed"
    names = [] if marked else sorted(path.name for path in folder.iterdir() if not NEVER_CLEARED.fullmatch(path.name))
    few = listed([*names[:SHOWN], "others"] if len(names) > SHOWN else names)
    return f"{folder} holds {few}, and bears no mark of this suite, which removes what it wrote" if names else ""


def _is_mine(status: os.stat_result) -> bool:
    """Tell whether it is this user's own; a link is nobody's."""
    return status.st_uid == os.geteuid() and not stat.S_ISLNK(status.st_mode)
