"""The folder of the report: the suite clears what it wrote there, so the folder has to be the suite's own.

A file marks it. A new or empty folder gets the mark; the usual one, reports/, gets it also where
everything in it has the names of what the suite writes.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from acceptance.report.formatting import listed
from acceptance.report.paths import EVIDENCE, NAMED, REPORTS, RESULTS, SITE, target_folder

MARK = ".superlists-reports"
LOCK = ".site.lock"
WORDS = "Results and pages of acceptance runs. The suite removes here what it no longer needs.\n"
FILES = re.compile(r"\.site\.lock|\.coverage(\..+)?|dockerd\.log|(bench|gitlab)\.json")
PAGES = re.compile(rf"index\.html|.+-source\.txt|{EVIDENCE.pattern}")
STATIC = Path(__file__).parent / "static"
SHOWN = 3
ALLOWED = "Allowed in SUPERLISTS_REPORTS: a folder that is new or empty, or that an earlier run marked as its own"

ELSEWHERE = "SUPERLISTS_REPORTS names another folder for it"


class ReportFolderError(Exception):
    """A folder that the report cannot be in; says what is there, and what is allowed."""


def claim(folder: Path = REPORTS, target: str = "") -> None:
    """Have the folder marked as the suite's own, made if need be; raises ReportFolderError."""
    if said := mistake(folder, target):
        raise ReportFolderError(said)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / MARK).open("x", encoding="utf-8") as mark:
            mark.write(WORDS)
    except FileExistsError:
        # It has been marked before, or by another run just now.
        return
    except OSError as error:
        raise ReportFolderError(f"The report cannot be written: {error}. {ELSEWHERE}") from error


def mistakes(target: str, junit: Path | None = None) -> list[str]:
    """Return why a run of this target could not write down its results, and its JUnit files if it is to."""
    blocked = obstacle(junit) if junit else ""
    elsewhere = f"The JUnit files cannot be written: {blocked}. --junit-directory=… names another folder"
    return [said for said in (mistake(target=target), elsewhere if blocked else "") if said]


def mistake(folder: Path = REPORTS, target: str = "") -> str:
    """Return why the report, with the results of this target, cannot be in the folder; nothing where it can be."""
    try:
        said = _why_not(folder) if folder.exists() else ""
        written = [] if said else sorted(_written(folder, target))
    except OSError as error:
        said, written = f"{folder} cannot be looked at: {error}", []
    if said:
        return f"{said}. {ALLOWED}"
    if link := next(filter(Path.is_symlink, written), None):
        return f"{link} is a link, and none is followed below the folder of the report. Remove it"
    blocked = next(filter(None, map(obstacle, [folder, *written])), "")
    return f"The report cannot be written: {blocked}. {ELSEWHERE}" if blocked else ""


def obstacle(path: Path) -> str:
    """Return what keeps this user from writing at a path, where something may be or not; nothing if nothing does."""
    there = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    if there.is_dir():
        return "" if os.access(there, os.W_OK | os.X_OK) else f"this user cannot write to the folder {there}"
    if there != path:
        return f"{there} is no folder"
    return "" if os.access(there, os.W_OK) else f"this user cannot write to {there}"


def _why_not(folder: Path) -> str:
    if not folder.is_dir():
        return f"{folder} is no folder"
    there = sorted(path.name for path in folder.iterdir())
    if not _is_ours(folder) or (MARK in there and not _is_ours(folder / MARK)):
        return f"{folder} is another user's, and nothing of theirs is written or removed"
    if MARK in there:
        return ""
    if NAMED and there and folder == REPORTS:
        return f"{folder} holds {_some(there)}, and bears no mark of this suite, which removes what it wrote"
    foreign = [name for name in there if not _is_known(folder / name)]
    return f"{folder} holds {_some(foreign)}, which this suite did not write. Move that elsewhere" if foreign else ""


def _is_ours(path: Path) -> bool:
    """Tell whether it is this user's own; a mark that is a link is nobody's."""
    found = path.stat() if path.is_dir() else path.lstat()
    return found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)


def _written(folder: Path, target: str) -> Iterator[Path]:
    """Go through what is there of the places that a run of this target writes to, or clears."""
    yield from (folder / name for name in (LOCK, SITE, "junit"))
    if target:
        results = target_folder(target, folder)
        yield results
        yield from results.glob("*")
        yield from results.glob("*/*")


def _is_known(path: Path) -> bool:
    """Tell whether something in a folder without a mark is what the suite writes there."""
    if path.is_symlink():
        return False
    if path.is_file():
        return bool(FILES.fullmatch(path.name))
    if path.name.startswith(".site-"):
        return True
    if path.name == SITE:
        static = {file.name for file in STATIC.iterdir()}
        return (path / "static/report.css").is_file() and all(
            PAGES.fullmatch(file.name) or (file.parent.name == "static" and file.name in static)
            for file in _files(path)
        )
    if path.name == "junit":
        return all(file.suffix == ".xml" for file in _files(path))
    return (path / RESULTS).is_file() and all(
        file.parent == path if file.name.startswith("results.") else EVIDENCE.fullmatch(file.name)
        for file in _files(path)
    )


def _files(folder: Path) -> Iterator[Path]:
    """Go through the files below a folder, and the links."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return listed([*names[:SHOWN], f"{more} more"] if more > 1 else names)
