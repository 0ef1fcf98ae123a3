"""What is kept of a failing step: each person's screen and page, the console, and the site's log."""

import re
import shutil
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from features.actors import Actor
from features.browser import Browser
from features.redaction import redacted

REPORTS = Path("reports")
# File systems take names of 255 bytes.
NAME_BYTES = 100


def scenario_id(filename: str, line: int) -> str:
    """Return the id that a scenario bears in cookies and logs: at most 64 plain characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", Path(filename).stem)
    return f"{plain[:50]}.{line}"


def clear(target: str) -> None:
    """Forget the evidence of earlier runs on a target, which would pass for this run's."""
    shutil.rmtree(REPORTS / target, ignore_errors=True)


def folder_of(target: str, feature: str, scenario: str, line: int) -> Path:
    """Return where a scenario's evidence is to be kept; its line tells it from another of the same name."""
    folder = REPORTS / target / _slug(feature) / _slug(scenario)
    return folder.with_name(f"{folder.name}-{line}") if folder.exists() else folder


def keep(folder: Path, actors: Iterable[Actor], log: str, since: float) -> str:
    """Keep everything in `folder`; return the log and where the files are, to be printed.

    What cannot be had of one person, whose browser may be gone, does not keep
    the rest from being kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.log").write_text(redacted(log))
    browsers = {_slug(actor.name): actor.browser for actor in actors if actor.has_browser}
    answering = [browser for who, browser in browsers.items() if _keep_browser(folder, who, browser)]
    if answering:
        # One for all windows, and emptied as it is read.
        _keep_text(folder / "console.log", lambda: "\n".join(answering[0].console(since)))
    files = "\n".join(f"  {path}" for path in sorted(folder.iterdir()))
    return f"The site's log of this scenario:\n{redacted(log) or '  (empty)'}\nEvidence:\n{files}"


def _keep_browser(folder: Path, who: str, browser: Browser) -> bool:
    """Keep what can be had of one person's page; tell whether the page answers.

    WebDriver would wait two minutes for one that does not.
    """
    _keep_text(folder / f"{who}.url", lambda: browser.address)
    _keep_screen(folder / f"{who}.png", browser)
    return _keep_text(folder / f"{who}.html", lambda: browser.source)


def _keep_screen(file: Path, browser: Browser) -> None:
    try:
        file.write_bytes(browser.screenshot())
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        file.with_name(f"{file.name}.txt").write_text(_reason(error))


def _keep_text(file: Path, piece: Callable[[], str]) -> bool:
    """Keep a piece, or the reason why it cannot be had; tell which."""
    try:
        file.write_text(redacted(piece()))
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        file.write_text(_reason(error))
        return False
    return True


def _reason(error: Exception) -> str:
    return redacted(f"not to be had: {error}")


def _slug(name: str) -> str:
    plain = re.sub(r"\W+", "-", name.lower()).strip("-") or "unnamed"
    cut = plain.encode()[:NAME_BYTES].decode(errors="ignore")
    return plain if cut == plain else f"{cut}-{sha256(name.encode()).hexdigest()[:8]}"
