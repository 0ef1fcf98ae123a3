"""Saves the evidence of a failing step: each person's screen and page, the console, and the site's log."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from behave.model import Scenario, Step

from acceptance.actors import Actor
from acceptance.browsers.base import Browser
from acceptance.redaction import redacted
from acceptance.report.formatting import evidence_of
from acceptance.report.report_folder import slug

ALWAYS, NEVER = "always", "never"
SEEN_AFTER = ("when", "then")


def scenario_id(filename: str, line: int) -> str:
    """Return the id of a scenario in cookies and logs: at most 64 plain characters."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "-", Path(filename).stem)
    return f"{plain[:50]}.{line}"


class Evidence:
    """The evidence of one scenario in one run."""

    def __init__(
        self, folder: Path, when: str, *, actors: Iterable[Actor], log: Callable[[], str], since: float
    ) -> None:
        """Begin without evidence, in a folder of this run's alone; `when` is the setting `evidence`.

        `actors` are everyone in the scenario, `log` reads what the site has logged of it,
        `since` is when it began, in seconds since the epoch.
        """
        self._folder = folder
        self._when = when
        self._actors, self._log, self._since = actors, log, since
        self._steps = 0

    def of_success(self, step: Step) -> None:
        """Save everyone's screen after a When or a Then, if the setting asks for every step."""
        self._steps += 1
        if self._when == ALWAYS and step.step_type in SEEN_AFTER:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, browser in self._browsers().items():
                _save_screen(self._folder / f"{self._steps:02}-{name}.png", browser)

    def of_failure(self, failed: Scenario | Step) -> None:
        """Save everything about a step that failed, or a scenario whose hook did; `failed` carries it as `evidence`.

        That is the log and the names of the files, for whatever prints the failure: the output that behave
        captures is cut where a scenario before had more. If the site's log or one person's browser is gone,
        the rest is saved nevertheless.
        """
        if isinstance(failed, Scenario):
            # Where a step failed, and a hook after it, the browsers may be gone by now.
            failed.evidence = next(filter(None, map(evidence_of, (failed, *failed.all_steps))), "")
        if evidence_of(failed):
            # What there is was saved at once.
            return
        log = _text_or_reason(self._log)[0]
        failed.evidence = f"The site's log of this scenario:\n{log or '  (empty)'}"
        if self._when == NEVER:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "site.log").write_text(log)
        answering = [browser for name, browser in self._browsers().items() if self._save_page(name, browser)]
        if answering:
            # All windows share one console, and reading empties it.
            _save_text(self._folder / "console.log", lambda: "\n".join(answering[0].console(self._since)))
        files = [f"  {path}" for path in sorted(self._folder.iterdir())]
        failed.evidence = "\n".join([failed.evidence, "Evidence:", *files])

    def _save_page(self, name: str, browser: Browser) -> bool:
        """Save one person's page; return whether the page answers.

        For the console of one that does not, WebDriver would wait two minutes.
        """
        _save_text(self._folder / f"{name}.url", browser.address)
        _save_screen(self._folder / f"{name}.png", browser)
        return _save_text(self._folder / f"{name}.html", browser.source)

    def _browsers(self) -> dict[str, Browser]:
        return {slug(actor.name): actor.browser for actor in self._actors if actor.has_browser}


def _save_screen(file: Path, browser: Browser) -> None:
    try:
        file.write_bytes(browser.screenshot())
    except Exception as error:  # noqa: BLE001 - the rest is saved whatever is wrong with this
        file.with_name(f"{file.name}.txt").write_text(redacted(f"not available: {error}"))


def _save_text(file: Path, read: Callable[[], str]) -> bool:
    """Save a text, or the reason why it is not available; return whether it is."""
    text, available = _text_or_reason(read)
    file.write_text(text)
    return available


def _text_or_reason(read: Callable[[], str]) -> tuple[str, bool]:
    """Return a text without secrets, or the reason why it is not available; and whether it is."""
    try:
        return redacted(read()), True
    except Exception as error:  # noqa: BLE001 - the rest is saved whatever is wrong with this
        return redacted(f"not available: {error}"), False
