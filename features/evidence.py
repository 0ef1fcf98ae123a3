"""What is kept of a failing step: each person's screen, page and console, and the site's log."""

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from features.actors import Actor
from features.browser import Browser
from features.browsers import BROWSER_GONE
from features.redaction import redacted

REPORTS = Path("reports")


def scenario_id(filename: str, line: int) -> str:
    """Return the id that a scenario bears in cookies and logs: at most 64 plain characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", Path(filename).stem)
    return f"{plain[:50]}.{line}"


def folder_of(target: str, feature: str, scenario: str) -> Path:
    """Return where a scenario's evidence is kept."""
    return REPORTS / target / _slug(feature) / _slug(scenario)


def keep(folder: Path, actors: Iterable[Actor], log: str, since: float) -> str:
    """Keep everything in `folder`; return the log and where the files are, to be printed.

    What cannot be had of one person, whose browser may be gone, does not keep
    the rest from being kept.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for actor in actors:
        if actor.has_browser:
            _keep_browser(folder, actor.name.lower(), actor.browser, since)
    (folder / "site.log").write_text(redacted(log))
    files = "\n".join(f"  {path}" for path in sorted(folder.iterdir()))
    return f"The site's log of this scenario:\n{redacted(log) or '  (empty)'}\nEvidence:\n{files}"


def _keep_browser(folder: Path, who: str, browser: Browser, since: float) -> None:
    pieces: dict[str, Callable[[], str | bytes]] = {
        "png": browser.driver.get_screenshot_as_png,
        "html": lambda: redacted(browser.driver.page_source),
        "url": lambda: redacted(browser.url),
        "console.log": lambda: redacted("\n".join(browser.console(since))),
    }
    for ending, piece in pieces.items():
        kept = _or_reason(piece)
        (folder / f"{who}.{ending}").write_bytes(kept if isinstance(kept, bytes) else kept.encode())


def _or_reason(piece: Callable[[], str | bytes]) -> str | bytes:
    try:
        return piece()
    except BROWSER_GONE as error:
        return f"not to be had: {error}"


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-") or "unnamed"
