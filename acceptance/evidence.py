"""Saves the evidence of a failing step: each person's screen and page, the console, and the site's log."""

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
    """Return the id of a scenario in cookies and logs: at most 64 plain characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", Path(filename).stem)
    return f"{plain[:50]}.{line}"


class Evidence:
    """The evidence of one scenario in one run."""

    def __init__(self, folder: Path, when: str) -> None:
        """Begin without evidence, in a folder of this run's alone; `when` is the setting `evidence`."""
        self._folder = folder
        self._when = when
        self._steps = 0

    def of_success(self, step: Step, actors: Iterable[Actor]) -> None:
        """Save everyone's screen after a When or a Then, if the setting asks for every step."""
        self._steps += 1
        if self._when == ALWAYS and step.step_type in SEEN_AFTER:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, browser in _browsers(actors).items():
                _save_screen(self._folder / f"{self._steps:02}-{name}.png", browser)

    def of_failure(self, actors: Iterable[Actor], log: str, since: float) -> str:
        """Save everything about a failing step; return the log and the names of the files, to be printed.

        If one person's browser is gone, the evidence of the others is saved nevertheless.
        """
        printed = f"The site's log of this scenario:\n{redacted(log) or '  (empty)'}"
        if self._when == NEVER:
            return printed
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "site.log").write_text(redacted(log))
        answering = [browser for name, browser in _browsers(actors).items() if self._save_page(name, browser)]
        if answering:
            # All windows share one console, and reading empties it.
            _save_text(self._folder / "console.log", lambda: "\n".join(answering[0].console(since)))
        return "\n".join([printed, "Evidence:", *(f"  {path}" for path in sorted(self._folder.iterdir()))])

    def _save_page(self, name: str, browser: Browser) -> bool:
        """Save one person's page; return whether the page answers.

        For the console of one that does not, WebDriver would wait two minutes.
        """
        _save_text(self._folder / f"{name}.url", browser.address)
        _save_screen(self._folder / f"{name}.png", browser)
        return _save_text(self._folder / f"{name}.html", browser.source)


def _browsers(actors: Iterable[Actor]) -> dict[str, Browser]:
    return {slug(actor.name): actor.browser for actor in actors if actor.has_browser}


def _save_screen(file: Path, browser: Browser) -> None:
    try:
        file.write_bytes(browser.screenshot())
    except Exception as error:  # noqa: BLE001 - the rest is saved whatever is wrong with this
        file.with_name(f"{file.name}.txt").write_text(redacted(f"not available: {error}"))


def _save_text(file: Path, read: Callable[[], str]) -> bool:
    """Save a text, or the reason why it is not available; return whether it is."""
    try:
        file.write_text(redacted(read()))
    except Exception as error:  # noqa: BLE001 - the rest is saved whatever is wrong with this
        file.write_text(redacted(f"not available: {error}"))
        return False
    return True
