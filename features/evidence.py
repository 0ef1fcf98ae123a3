"""What is kept of a failing step: each person's screen and page, the console, and the site's log."""

import re
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

from features.actors import Actor
from features.browser import Browser
from features.redaction import redacted

REPORTS = Path("reports")
# File systems take names of 255 bytes.
NAME_BYTES = 100
# How much longer a page may load of which evidence is taken.
PAGE_LOAD_S = 2


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
    for who, browser in browsers.items():
        _keep_text(folder / f"{who}.url", partial(_address, browser))
        _settle(browser)
        _keep_screen(folder / f"{who}.png", browser)
        _keep_text(folder / f"{who}.html", partial(_source, browser))
    if browsers:
        _keep_text(folder / "console.log", lambda: _console(list(browsers.values()), since))
    files = "\n".join(f"  {path}" for path in sorted(folder.iterdir()))
    return f"The site's log of this scenario:\n{redacted(log) or '  (empty)'}\nEvidence:\n{files}"


def _keep_screen(file: Path, browser: Browser) -> None:
    try:
        file.write_bytes(browser.driver.get_screenshot_as_png())
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        file.with_name(f"{file.name}.txt").write_text(_reason(error))


def _keep_text(file: Path, piece: Callable[[], str]) -> None:
    try:
        text = redacted(piece())
    except Exception as error:  # noqa: BLE001 - nothing of one piece keeps the rest from being kept
        text = _reason(error)
    file.write_text(text)


def _reason(error: Exception) -> str:
    return redacted(f"not to be had: {error}")


def _settle(browser: Browser) -> None:
    """Let a page that goes on loading be done with that, and an open dialog be closed.

    Both cost the first command its answer, which so is not one of the pieces.
    """
    with suppress(Exception):
        browser.driver.set_page_load_timeout(PAGE_LOAD_S)
        browser.driver.execute_script("")


def _address(browser: Browser) -> str:
    return browser.address


def _source(browser: Browser) -> str:
    return browser.driver.page_source


def _console(browsers: list[Browser], since: float) -> str:
    """Return the one console of all windows, by way of the first that answers; it is emptied as it is read."""
    for browser in browsers[:-1]:
        with suppress(Exception):
            return "\n".join(browser.console(since))
    return "\n".join(browsers[-1].console(since))


def _slug(name: str) -> str:
    plain = re.sub(r"\W+", "-", name.lower()).strip("-") or "unnamed"
    cut = plain.encode()[:NAME_BYTES].decode(errors="ignore")
    return plain if cut == plain else f"{cut}-{sha256(name.encode()).hexdigest()[:8]}"
