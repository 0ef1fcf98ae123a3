"""One browser with its driver, started and ended."""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import websocket
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from acceptance.browsers import certificate_authority as authorities
from acceptance.browsers.browser import Browser, Windows
from acceptance.browsers.browser_contexts import Contexts
from acceptance.browsers.chromium_log import own_words
from acceptance.browsers.request_filter import RequestFilter
from acceptance.browsers.scratch_dir import Litter

BROWSER_GONE = (WebDriverException, HTTPError, OSError, websocket.WebSocketException)


@dataclass(frozen=True)
class Installed:
    """Where a browser and its driver are on this machine."""

    binary: str
    driver: str


class BrowserError(Exception):
    """A browser that is there and does not start; says what the driver says."""


class Process:
    """One browser with its driver."""

    def __init__(self, installed: Installed, options: webdriver.ChromeOptions, authority: Path | None = None) -> None:
        """Start both, trusting this authority besides the usual ones; raises BrowserError, and leaves nothing then."""
        # A browser that is killed leaves files; they go with this folder.
        self._litter = Litter()
        environment = os.environ | {"TMPDIR": str(self._litter.folder)} | _home(self._litter.folder, authority)
        # A session of its own: Ctrl-C goes to this process alone, which then ends both.
        self._log = (self._litter.folder / "driver.log").open("w+", errors="replace")
        session = {"start_new_session": True}
        self._service = Service(installed.driver, env=environment, popen_kw=session, log_output=self._log)
        self._windows: Windows | None = None
        self._contexts: Contexts | None = None
        self._filter: RequestFilter | None = None
        try:
            driver = webdriver.Chrome(options=options, service=self._service)
            self.version = f"{driver.capabilities['browserName']} {driver.capabilities['browserVersion']}"
            self._windows = Windows(driver)
        except BaseException as error:
            # Also of Ctrl-C, which may come while the browser is starting.
            words = self.words()
            self.kill()
            if not isinstance(error, BROWSER_GONE):
                raise
            said = str(error).strip().splitlines()[0]
            raise BrowserError(f"{installed.binary} did not start: {said}{words}") from error

    def words(self) -> str:
        """Return what the browser and its driver have said of themselves, and what can be done about it."""
        return own_words(Path(self._log.name).read_text(errors="replace"))

    def visit(self, base_url: str, *, looks_only: bool = False, within: bool = False) -> None:
        """Make contexts for the site at `base_url`; nothing is sent to one that people may only look at.

        Nor is anything sent elsewhere, if people are to stay within the site.
        """
        assert self._windows  # noqa: S101 - opened by __init__
        if looks_only or within:
            # Before the first window that shows the site: one that is there already is not filtered.
            open_site = "" if looks_only else base_url
            self._filter = RequestFilter(self._windows.debugger_address, self._end, open_site)
        self._contexts = Contexts(self._windows.devtools, base_url)
        for context in reversed(self._contexts.made):
            # WebDriver takes 100 ms to get to know a window.
            self._windows.focused_on(context.window)
        first = self._contexts.take()
        first.bring_to_front()
        self._windows.close_the_first()
        # One page is shown ahead, so that the first scenario is not the one to wait
        # for renderer, fonts and connections.
        self._windows.focused_on(first.window).get(f"{base_url}/")
        self._contexts.clean()

    def open(self) -> Browser:
        """Return a browser for one more person."""
        assert self._windows  # noqa: S101 - opened by __init__
        assert self._contexts  # noqa: S101 - made by visit
        return Browser(self._windows, self._contexts.take())

    def refused(self) -> list[str]:
        """Return the requests that were refused since this was asked last."""
        return self._filter.taken() if self._filter else []

    def clean(self) -> None:
        """Clean the contexts that were in use; raises one of BROWSER_GONE."""
        if self._windows and self._contexts:
            self._windows.ask()
            self._contexts.clean()

    def quit(self) -> None:
        """Ask the browser to end, and end what does not."""
        with suppress(*BROWSER_GONE):
            if self._windows:
                self._windows.quit()
        self.kill()

    def kill(self) -> None:
        """End browser and driver without asking."""
        if driver := self._end():
            driver.wait()
        self._log.close()
        self._litter.remove()

    def _end(self) -> "subprocess.Popen[bytes] | None":
        # Without a process where the driver could not even be started.
        driver: subprocess.Popen[bytes] | None = getattr(self._service, "process", None)
        if driver:
            _end_group(driver.pid)
        return driver


def _end_group(leader: int) -> None:
    """End what is left of the driver's process group: the driver and its browser."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _home(folder: Path, authority: Path | None) -> dict[str, str]:
    """Return the home folder of a browser that is to trust another authority; else it keeps the user's."""
    if authority is None:
        return {}
    try:
        authorities.trust(authority, folder / "home")
    except authorities.AuthorityError as error:
        raise BrowserError(str(error)) from error
    return {"HOME": str(folder / "home")}
