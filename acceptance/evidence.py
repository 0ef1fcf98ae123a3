"""What is kept of a failing step: each person's screen and page, the console, and the site's log."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from behave.model import Step

from acceptance.actors import Actor
from acceptance.browsers.base import Browser
from acceptance.redaction import redacted
from acceptance.report.report_folder import slug

ALWAYS, NEVER = "always", "never"
SEEN_AFTER = ("when", "then")


def scenario_id(filename: str, line: int) -> str:
    """Return the id that a scenario bears in cookies and logs: at most 64 plain characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", Path(filename).stem)
    return f"{plain[:50]}.{line}"


class Evidence:
    """What is kept of one scenario, in a folder of its own."""

    def __init__(self, folder: Path, wanted: str) -> None:
        """Begin with nothing, in a folder that is this run's alone."""
        self._folder = folder
        self._wanted = wanted
        self._steps = 0

    def of_success(self, step: Step, actors: Iterable[Actor]) -> None:
        """Keep what everyone sees after a When or a Then, where every step is to be seen."""
        self._steps += 1
        if self._wanted == ALWAYS and step.step_type in SEEN_AFTER:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, browser in _browsers(actors).items():
                _keep_screen(self._folder / f"{self._steps:02}-{name}.png", browser)

    def of_failure(self, actors: Iterable[Actor], log: str, since: float) -> str:
        """Keep all there is of a failing step; return the log and where the files are, to be printed.

        What cannot be had of one person, whose browser may be gone, does not keep
        the rest from being kept.
        """
        printed = f"The site's log of this scenario:\n{redacted(log) or '  (empty)'}"
        if self._wanted == NEVER:
            return printed
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "site.log").write_text(redacted(log))
        answering = [browser for name, browser in _browsers(actors).items() if self._keep_page(name, browser)]
        if answering:
            # One for all windows, and emptied as it is read.
            _keep_text(self._folder / "console.log", lambda: "\n".join(answering[0].console(since)))
        return "\n".join([printed, "Evidence:", *(f"  {path}" for path in sorted(self._folder.iterdir()))])

    def _keep_page(self, name: str, browser: Browser) -> bool:
        """Keep what can be had of one person's page; tell whether the page answers.

        WebDriver would wait two minutes for one that does not.
        """
        _keep_text(self._folder / f"{name}.url", browser.address)
        _keep_screen(self._folder / f"{name}.png", browser)
        return _keep_text(self._folder / f"{name}.html", browser.source)


def _browsers(actors: Iterable[Actor]) -> dict[str, Browser]:
    return {slug(actor.name): actor.browser for actor in actors if actor.has_browser}


def _keep_screen(file: Path, browser: Browser) -> None:
    try:
        file.write_bytes(browser.screenshot())
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        file.with_name(f"{file.name}.txt").write_text(redacted(f"not available: {error}"))


def _keep_text(file: Path, piece: Callable[[], str]) -> bool:
    """Keep a piece, or the reason why it cannot be had; tell which."""
    try:
        file.write_text(redacted(piece()))
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        file.write_text(redacted(f"not available: {error}"))
        return False
    return True
