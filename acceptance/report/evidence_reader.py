"""Reads the evidence of a scenario from its folder."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.targets.site_log import OTHERS

# What evidence is called, whether a step's screen, what there is of a person after a failure, or a log.
EVIDENCE = re.compile(r"(?:(?P<step>\d+)-)?(?P<person>.+?)\.(?P<kind>png|png\.txt|html|url)|(?:site|console)\.log")
# What a file of a person holds: the name of a picture or of a page's source, an address, or why there is no picture.
KINDS = {"png": "screen", "html": "source", "url": "address", "png.txt": "no_screen"}


@dataclass
class ScenarioEvidence:
    """The evidence of a scenario; `files` has each file with its name beside the page."""

    # By person, and by the names in KINDS.
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    # None if no step failed.
    log: str | None = None
    log_of_others: str = ""
    console: str = ""
    # By the number of the step: the person, and the file of the screen.
    screens: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    files: list[tuple[Path, str]] = field(default_factory=list)


def read_evidence(folder: Path) -> ScenarioEvidence:
    """Return the evidence in a folder, which need not exist."""
    evidence = ScenarioEvidence()
    for file in sorted(filter(is_evidence, folder.iterdir())) if folder.is_dir() else []:
        # What a browser would run is handed on as text.
        name = f"{file.stem}-source.txt" if file.suffix == ".html" else file.name
        evidence.files.append((file, name))
        match = EVIDENCE.fullmatch(file.name)
        if file.name == "site.log":
            evidence.log, _, evidence.log_of_others = map(str.strip, _read(file).partition(OTHERS))
        elif file.name == "console.log":
            evidence.console = _read(file)
        elif match and match["step"] and match["kind"] == "png":
            evidence.screens.setdefault(int(match["step"]), []).append((match["person"].capitalize(), name))
        elif match and not match["step"]:
            person = evidence.people.setdefault(match["person"].capitalize(), {})
            person[KINDS[match["kind"]]] = name if match["kind"] in ("png", "html") else _read(file)
    return evidence


def is_evidence(file: Path) -> bool:
    """Tell evidence from anything else that somebody put there, such as a link to a file that nobody may see."""
    return bool(EVIDENCE.fullmatch(file.name)) and file.is_file() and not file.is_symlink()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace").strip()
