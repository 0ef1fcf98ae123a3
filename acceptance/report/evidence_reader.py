"""The evidence of a scenario, as its folder has it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.report.paths import EVIDENCE
from acceptance.targets.site_log import OTHERS

# A screen of a step that went well: its number, and whose it is.
SCREEN = re.compile(r"(\d+)-(.+)\.png")
OF_A_PERSON = re.compile(r"(.+)\.(png|png\.txt|html|url)")
# More of a log than anyone reads on a page; its file has all of it.
LOG_LINES = 400


@dataclass
class PersonKept:
    """What is kept of one person where a step failed."""

    name: str
    address: str = ""
    # The names of files beside the page; empty where there is none.
    screen: str = ""
    no_screen: str = ""
    source: str = ""

    def shown(self, folder: str) -> dict[str, str]:
        """Return what a page shows of it."""
        return {
            "name": self.name,
            "address": self.address,
            "screen": f"{folder}/{self.screen}" if self.screen else "",
            "no_screen": self.no_screen,
            "source": f"{folder}/{self.source}" if self.source else "",
        }


@dataclass
class Kept:
    """What is kept of a scenario."""

    people: list[PersonKept] = field(default_factory=list)
    has_log: bool = False
    log: str = ""
    log_of_others: str = ""
    console: str = ""
    # By the number of the step: whose screen, and in which file.
    screens: list[tuple[int, str, str]] = field(default_factory=list)
    files: list[tuple[Path, str]] = field(default_factory=list)

    def screens_of(self, step: int, folder: str) -> list[dict[str, str]]:
        """Return the screens of a step, everybody's."""
        return [{"name": who, "screen": f"{folder}/{file}"} for number, who, file in self.screens if number == step]


def kept(folder: Path) -> Kept:
    """Read a folder of evidence, which need not be there."""
    found = Kept()
    if folder.is_dir():
        people: dict[str, PersonKept] = {}
        for file in sorted(filter(is_evidence, folder.iterdir())):
            # What a browser would run is handed on as text.
            name = f"{file.stem}-source.txt" if file.suffix == ".html" else file.name
            found.files.append((file, name))
            _take(file, name, found, people)
        found.people = list(people.values())
    return found


def is_evidence(file: Path) -> bool:
    """Tell evidence from what somebody else put there, such as a link to what nobody is to see."""
    return bool(EVIDENCE.fullmatch(file.name)) and file.is_file() and not file.is_symlink()


def _take(file: Path, name: str, found: Kept, people: dict[str, PersonKept]) -> None:
    if file.name == "site.log":
        found.has_log = True
        found.log, _, found.log_of_others = map(_shortened, _read(file).partition(OTHERS))
    elif file.name == "console.log":
        found.console = _shortened(_read(file))
    elif screen := SCREEN.fullmatch(file.name):
        found.screens.append((int(screen[1]), screen[2].capitalize(), name))
    elif of := OF_A_PERSON.fullmatch(file.name):
        person = people.setdefault(of[1], PersonKept(of[1].capitalize()))
        _take_of(person, of[2], file, name)


def _take_of(person: PersonKept, kind: str, file: Path, name: str) -> None:
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
