"""The folder of the report: the suite clears what it wrote there, so the folder has to bear the suite's mark.

A folder gets the mark that is new or empty, or that holds nothing of what is cleared.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from acceptance.project import project
from acceptance.report.formatting import listed
from acceptance.report.paths import JUNIT, REPORTS, SITE, VARIABLE, target_folder

MARK = f".{project().name}-reports"
LOCK = ".site.lock"
EXPLANATION = "Results and pages of acceptance runs. The suite removes here what it no longer needs.\n"
# What runs write here beside results and pages, some of it before the mark; none of it is ever cleared as a folder.
NEVER_CLEARED = re.compile(rf"{JUNIT}|\.site\.lock|\.coverage(\..+)?|dockerd\.log|(bench|gitlab)\.json")
SHOWN = 3
ALLOWED = f"Allowed in {VARIABLE}: a folder that is new or empty, or that an earlier run marked as its own"
ELSEWHERE = f"{VARIABLE} names another folder for it"


class ReportFolderError(Exception):
    """A folder that the report cannot be in; says what is there, and what is allowed."""


def claim(folder: Path = REPORTS, target: str = "") -> None:
    """Have the folder marked as the suite's own, made if need be; raises ReportFolderError."""
    if problem := mistake(folder, target):
        raise ReportFolderError(problem)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / MARK).open("x", encoding="utf-8") as mark:
            mark.write(EXPLANATION)
    except FileExistsError:
        # It has been marked before, or by another run just now.
        return
    except OSError as error:
        raise ReportFolderError(f"The report cannot be written: {error}. {ELSEWHERE}") from error


def mistakes(target: str, junit: Path | None = None) -> list[str]:
    """Return why a run of this target could not write down its results, and its JUnit files if it is to."""
    blocked = obstacle(junit) if junit else ""
    elsewhere = f"The JUnit files cannot be written: {blocked}. --junit-directory=… names another folder"
    return [problem for problem in (mistake(target=target), elsewhere if blocked else "") if problem]


def mistake(folder: Path = REPORTS, target: str = "") -> str:
    """Return why the report, with the results of this target, cannot be in the folder; nothing where it can be."""
    try:
        problem = _foreign(folder) if folder.exists() else ""
        written = [] if problem else sorted(_written(folder, target))
    except OSError as error:
        problem, written = f"{folder} cannot be looked at: {error}", []
    if problem:
        return f"{problem}. {ALLOWED}"
    if link := next(filter(Path.is_symlink, written), None):
        return f"{link} is a link, and none is followed below the folder of the report. Remove it"
    blocked = next(filter(None, map(obstacle, [folder, *written])), "")
    return f"The report cannot be written: {blocked}. {ELSEWHERE}" if blocked else ""


def obstacle(path: Path) -> str:
    """Return what keeps this user from writing at a path, where something may be or not; nothing if nothing does."""
    nearest = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    if nearest.is_dir():
        return "" if os.access(nearest, os.W_OK | os.X_OK) else f"this user cannot write to the folder {nearest}"
    if nearest != path:
        return f"{nearest} is no folder"
    return "" if os.access(nearest, os.W_OK) else f"this user cannot write to {nearest}"


def _foreign(folder: Path) -> str:
    """Return why a folder that exists is not the suite's own."""
    if not folder.is_dir():
        return f"{folder} is no folder"
    mark = folder / MARK
    marked = os.path.lexists(mark)
    if not _is_mine(folder.stat()) or (marked and not _is_mine(mark.lstat())):
        return f"{folder} is another user's, and nothing of theirs is written or removed"
    names = [] if marked else sorted(path.name for path in folder.iterdir() if not NEVER_CLEARED.fullmatch(path.name))
    few = listed([*names[:SHOWN], "others"] if len(names) > SHOWN else names)
    return f"{folder} holds {few}, and bears no mark of this suite, which removes what it wrote" if names else ""


def _is_mine(found: os.stat_result) -> bool:
    """Tell whether it is this user's own; a link is nobody's."""
    return found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)


def _written(folder: Path, target: str) -> Iterator[Path]:
    """Go through what is there of the places that a run of this target writes to, or clears."""
    yield from (folder / name for name in (LOCK, SITE, JUNIT))
    if target:
        results = target_folder(target, folder)
        yield results
        yield from results.glob("*")
        yield from results.glob("*/*")
