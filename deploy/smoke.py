"""Whether a release serves as it should: its health, and the smoke run from here."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from subprocess import PIPE
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
Say = Callable[[str], None]
STYLE = re.compile(r'href="(/static/[^"]+\.css)"')


class SmokeError(Exception):
    """A release that does not serve as it should; says what was seen."""


@contextmanager
def proof(site: Site, sites: Path, say: Say, *, again: bool = False) -> Iterator[Callable[[str], None]]:
    """Yield what proves a release: it returns once the site is healthy with it and its smoke run passes.

    The smoke run is started now, and visits nothing before. `again` stands for a release that was proven before: by
    plain requests where no browser is installed here. What is yielded raises SmokeError.
    """
    with smoke_run(site, sites, say, again=again) if smoke_browser() or not again else nullcontext() as run:

        def prove(release: str) -> None:
            wait_until_healthy(site, release)
            if run:
                say(f"{site.base_url} is healthy with {release}; the smoke run…")
                run()
            else:
                _prove_by_requests(site, say)

        yield prove


def _prove_by_requests(site: Site, say: Say) -> None:
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


@contextmanager
def smoke_run(site: Site, sites: Path, say: Say, *, again: bool = False) -> Iterator[Callable[[], None]]:
    """Start a run of the @smoke scenarios, with its browser; yield what lets it visit the site, and waits for its end.

    That raises SmokeError with what behave printed. A run that is not let visit the site ends by itself.
    """
    # The shell starts sooner than the full browser, in which a release was proven that is proven again.
    browser = SHELL if again else smoke_browser() or SHELL
    settings = (f"target={site.name}", f"sites={sites}", f"browser={browser}", "browser.remote=", "await.input=yes")
    command = [sys.executable, "-m", "behave", "--tags=@smoke", "--no-color", *(f"-D{each}" for each in settings)]
    try:
        run = subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
    except OSError as error:
        raise SmokeError(f"The smoke run did not start: {error}") from error

    def prove() -> None:
        try:
            output, errors = run.communicate("\n", timeout=SMOKE_LIMIT_S)
        except subprocess.TimeoutExpired as error:
            run.kill()
            raise SmokeError(f"The smoke run took more than {SMOKE_LIMIT_S} s.") from error
        if run.returncode:
            raise SmokeError(f"The smoke run failed with exit code {run.returncode}:\n{output}{errors}")
        say(output.strip().splitlines()[-1] if output.strip() else "It passed.")

    try:
        yield prove
    finally:
        # One that was not let visit the site finds the end of its input.
        run.communicate()
