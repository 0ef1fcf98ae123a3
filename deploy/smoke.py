"""Whether a release serves as it should: its health, and the smoke run from here."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from acceptance.browsers import BROWSERS
from acceptance.settings import search_path
from acceptance.sites import Site
from acceptance.targets.health_client import health, page
from acceptance.waiting import NotSeenError, eventually
from deploy.source import ROOT

HEALTHY_WITHIN_S = 30
ANSWERS_WITHIN_S = 5
# Each look has the site read its database.
POLL_S = 0.1
NO_ANSWER = "no answer"
SMOKE_LIMIT_S = 300
# A release is proven once in the full browser; everyday runs use the headless shell.
FULL, SHELL = "chrome-full", "chrome"
STYLE = re.compile(r'href="(/static/[^"]+\.css)"')


class SmokeError(Exception):
    """A release that does not serve as it should; says what was seen."""


def prove(site: Site, release: str, sites: Path, say: Callable[[str], None]) -> None:
    """Return once the site is healthy with this release and its smoke run passes; raises SmokeError."""
    wait_until_healthy(site, release)
    say(f"{site.base_url} is healthy with {release}; the smoke run…")
    run_smoke(site, sites, say)


def prove_again(site: Site, release: str, sites: Path, say: Callable[[str], None]) -> None:
    """Do the same for a release that was proven before; where no browser is installed here, by plain requests."""
    wait_until_healthy(site, release)
    if smoke_browser():
        # The shell starts sooner than the full browser, in which the release was proven.
        say(f"{site.base_url} is healthy with {release}; the smoke run…")
        run_smoke(site, sites, say, SHELL)
        return
    try:
        styled = style_answers(site)
    except OSError as error:
        raise SmokeError(f"An HTTP check failed: {error}") from error
    if not styled:
        raise SmokeError(f"An HTTP check failed: {site.base_url}/ names no stylesheet.")
    say("HTTP checks passed: health, home page, stylesheet. No browser is installed here, so there was no smoke run")


def style_answers(site: Site) -> bool:
    """Tell whether the home page names a stylesheet; raises OSError unless both answer."""
    style = STYLE.search(page(f"{site.base_url}/", site.authority))
    return bool(style and page(site.base_url + style[1], site.authority))


def is_well(site: Site, release: str) -> bool:
    """Tell whether the site says that it is healthy with this release; one that does not answer is asked again."""
    return _is_well(_answer(site), release)


def serving(site: Site) -> str:
    """Return the release that the site says it is, well or not; empty where it does not answer."""
    return str(_answer(site).get("release", ""))


def failing(site: Site) -> str:
    """Return in words how a site fails that was well: one that does not answer may be well all the same."""
    return "does not answer any more" if NO_ANSWER in _answer(site) else "is no longer well"


def _answer(site: Site) -> dict[str, Any]:
    """Return what the site says, or else why it does not: a link that is lost for a moment is no answer."""
    try:
        return eventually(
            lambda: _look(site),
            lambda answer: NO_ANSWER not in answer,
            what="",
            within_s=ANSWERS_WITHIN_S,
            poll_s=POLL_S,
        )
    except NotSeenError:
        return _look(site)


def wait_until_healthy(site: Site, release: str) -> None:
    """Return once the site says that it is healthy with this release; raises SmokeError."""
    try:
        eventually(
            lambda: _look(site),
            lambda answer: _is_well(answer, release),
            what=f"{site.base_url}/health/ to be well with {release}",
            within_s=HEALTHY_WITHIN_S,
            poll_s=POLL_S,
        )
    except NotSeenError as error:
        raise SmokeError(str(error)) from error


def _look(site: Site) -> dict[str, Any]:
    try:
        return health(site.base_url, site.authority)
    except (OSError, ValueError) as error:
        return {NO_ANSWER: str(error)}


def smoke_browser() -> str:
    """Return the setting of the browser as people have it, else of the headless shell; nothing where none is here."""
    for browser in (FULL, SHELL):
        with suppress(LookupError):
            BROWSERS[browser].find(search_path(os.environ))
            return browser
    return ""


def _is_well(answer: dict[str, Any], release: str) -> bool:
    return bool(answer.get("healthy")) and answer.get("release") == release


def run_smoke(site: Site, sites: Path, say: Callable[[str], None], browser: str = "") -> None:
    """Run the @smoke scenarios on the site; raises SmokeError with what behave printed."""
    browsers = [f"browser={browser or smoke_browser() or SHELL}", "browser.remote="]
    settings = [text for each in (f"target={site.name}", f"sites={sites}", *browsers) for text in ("-D", each)]
    command = [sys.executable, "-m", "behave", "--tags=@smoke", "--no-color", *settings]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SMOKE_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise SmokeError(f"The smoke run took more than {SMOKE_LIMIT_S} s.") from error
    if ran.returncode:
        raise SmokeError(f"The smoke run failed with exit code {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    say(ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else "It passed.")
