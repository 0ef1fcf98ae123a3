"""Reads the evidence of a scenario from its folder."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.report.paths import EVIDENCE
from acceptance.targets.site_log import OTHERS

# The screen of one person after a step: the step's number, and who it is.
SCREEN_OF_A_STEP = re.compile(r"(\d+)-(.+)\.png")
OF_A_PERSON = re.compile(r"(.+?)\.(png|png\.txt|html|url)")
# More of a log than anyone reads on a page; its file has all of it.
LOG_LINES = 400


@dataclass
class PersonEvidence:
    """What one person saw where a step failed; a file is named as it lies beside the page."""

    name: str
    address: str = ""
    screen: str = ""
    # Why there is no screen.
    no_screen: str = ""
    source: str = ""


@dataclass
class ScenarioEvidence:
    """What there is of a scenario; `files` has each file with its name beside the page."""

    people: dict[str, PersonEvidence] = field(default_factory=dict)
    # None where no step failed.
    log: str | None = None
    log_of_others: str = ""
    console: str = ""
    # By the number of the step: who, and the file of the screen.
    screens: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    files: list[tuple[Path, str]] = field(default_factory=list)


def read_evidence(folder: Path) -> ScenarioEvidence:
    """Return the evidence in a folder, which need not be there."""
    evidence = ScenarioEvidence()
    for file in sorted(filter(is_evidence, folder.iterdir())) if folder.is_dir() else []:
        # What a browser would run is handed on as text.
        name = f"{file.stem}-source.txt" if file.suffix == ".html" else file.name
        evidence.files.append((file, name))
        if file.name == "site.log":
            evidence.log, _, evidence.log_of_others = map(_shortened, _read(file).partition(OTHERS))
        elif file.name == "console.log":
            evidence.console = _shortened(_read(file))
        elif screen := SCREEN_OF_A_STEP.fullmatch(file.name):
            evidence.screens.setdefault(int(screen[1]), []).append((screen[2].capitalize(), name))
        elif found := OF_A_PERSON.fullmatch(file.name):
            person = evidence.people.setdefault(found[1], PersonEvidence(found[1].capitalize()))
            _add_to(person, found[2], file, name)
    return evidence


def is_evidence(file: Path) -> bool:
    """Tell evidence from what somebody else put there, such as a link to what nobody is to see."""
    return bool(EVIDENCE.fullmatch(file.name)) and file.is_file() and not file.is_symlink()


def _add_to(person: PersonEvidence, kind: str, file: Path, name: str) -> None:
    if kind == "png":
        person.screen = name
    elif kind == "html":
        person.source = name
    elif kind == "url":
        person.address = _read(file).strip()
    else:
        person.no_screen = _read(file).strip()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _shortened(text: str) -> str:
    lines = text.strip().splitlines()
    left_out = len(lines) - LOG_LINES
    if left_out > 0:
        lines = [f"({left_out} lines before these are in the file)", *lines[-LOG_LINES:]]
    return "\n".join(lines)
