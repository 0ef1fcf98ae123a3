"""The browsers a run can use: one process a run, a clean state for each scenario.

Another browser (Firefox, WebKit, a Selenium Grid) is one more class in BROWSERS.
"""

import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from tempfile import TemporaryDirectory

import websocket
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from features.browser import Browser, Windows
from features.contexts import WINDOW_SIZE, Contexts

# What a browser does on its own account slows a run down and reaches outside.
QUIET = (
    "--disable-background-networking",
    # A page that was left would live on in this cache for a while, and could store something.
    "--disable-features=BackForwardCache",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)
BROWSER_GONE = (WebDriverException, HTTPError, OSError, websocket.WebSocketException)


@dataclass(frozen=True)
class Installed:
    """Where a browser and its driver are on this machine."""

    binary: str
    driver: str


class BrowserError(Exception):
    """A browser that is there and does not start; says what the driver says."""


class Chrome:
    """Chromium or Google Chrome."""

    BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    DRIVERS = ("chromedriver", "chromium.chromedriver")

    def __init__(self, installed: Installed, *, headless: bool) -> None:
        """Note how to start it."""
        self._installed = installed
        self._headless = headless
        self._process: _Process | None = None
        self._base_url = ""

    @classmethod
    def find(cls, search_path: str) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""
        wanted = {"Chromium or Chrome": cls.BINARIES, "chromedriver": cls.DRIVERS}
        found = {what: _first_on(search_path, names) for what, names in wanted.items()}
        missing = " and ".join(what for what, path in found.items() if not path)
        if missing:
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        binary, driver = map(str, found.values())
        return Installed(binary, driver)

    def start(self) -> None:
        """Start the process; raises BrowserError."""
        self._process = _Process(self._installed, self.options())

    def visit(self, base_url: str) -> None:
        """Make ready for people to visit the site at `base_url`; raises BrowserError."""
        self._base_url = base_url
        if self._process is None:
            self.start()
        assert self._process  # noqa: S101 - started above
        self._process.visit(base_url)

    def open(self) -> Browser:
        """Return a browser for one more person, until the scenario ends; raises BrowserError."""
        if self._process is None:
            self.visit(self._base_url)
        assert self._process  # noqa: S101 - started by visit
        return self._process.open()

    def clean(self) -> None:
        """Take everyone's browser away and clean it; a process that does not answer is given up, and said to be."""
        try:
            if self._process:
                self._process.clean()
        except BROWSER_GONE as error:
            said = str(error).strip().splitlines()
            print(f"The browser did not answer and is replaced: {said[0] if said else type(error).__name__}")
            self.quit()

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""
        if self._process:
            process, self._process = self._process, None
            process.quit()

    def options(self) -> webdriver.ChromeOptions:
        """Return what Chromium is started with."""
        options = webdriver.ChromeOptions()
        options.binary_location = self._installed.binary
        for argument in (*QUIET, f"--window-size={WINDOW_SIZE[0]},{WINDOW_SIZE[1]}"):
            options.add_argument(argument)
        if self._headless:
            options.add_argument("--headless=new")
        if os.geteuid() == 0:
            # Chromium's sandbox refuses to run as root, as in most containers.
            options.add_argument("--no-sandbox")
        options.timeouts = {"pageLoad": 30_000, "script": 10_000}
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return options


class _Process:
    """One browser with its driver."""

    def __init__(self, installed: Installed, options: webdriver.ChromeOptions) -> None:
        # A browser that is killed leaves files; they go with this folder.
        self._litter = TemporaryDirectory(prefix="superlists-", ignore_cleanup_errors=True)
        environment = os.environ | {"TMPDIR": self._litter.name}
        # A session of its own: Ctrl-C goes to this process alone, which then ends both.
        self._service = Service(installed.driver, env=environment, popen_kw={"start_new_session": True})
        self._windows: Windows | None = None
        self._contexts: Contexts | None = None
        try:
            self._windows = Windows(webdriver.Chrome(options=options, service=self._service))
        except BROWSER_GONE as error:
            self.quit()
            said = str(error).strip().splitlines()[0]
            raise BrowserError(f"{installed.binary} did not start: {said}") from error

    def visit(self, base_url: str) -> None:
        assert self._windows  # noqa: S101 - opened by __init__
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
        assert self._windows  # noqa: S101 - opened by __init__
        assert self._contexts  # noqa: S101 - made by visit
        return Browser(self._windows, self._contexts.take())

    def clean(self) -> None:
        if self._windows and self._contexts:
            self._windows.ask()
            self._contexts.clean()

    def quit(self) -> None:
        with suppress(*BROWSER_GONE):
            if self._windows:
                self._windows.quit()
        if self._service.process:
            _end_group(self._service.process.pid)
        self._litter.cleanup()


BROWSERS = {"chrome": Chrome}


def _first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)


def _end_group(leader: int) -> None:
    """End what is left of the driver's process group: the driver and its browser."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
