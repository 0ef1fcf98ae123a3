"""The browsers a run can use: one process a run, a clean state for each scenario.

A second person in one scenario gets a browser context of their own in the same
process: cookies, storage and cache apart, for a fifth of what a new process costs.
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
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from features.browser import Browser
from features.devtools import DevTools

WINDOW_SIZE = (1280, 900)
# What a browser does on its own account slows a run down and reaches outside.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)
TIMEOUTS_MS = {"pageLoad": 30_000, "script": 10_000}
CONSOLE = ("goog:loggingPrefs", {"browser": "ALL"})
BROWSER_GONE = (WebDriverException, HTTPError, OSError, websocket.WebSocketException)


@dataclass(frozen=True)
class Installed:
    """Where a browser and its driver are on this machine."""

    binary: str
    driver: str


class BrowserError(Exception):
    """A browser that is there and does not start; says what the driver says."""


class Chrome:
    """Chromium or Google Chrome: one process, started when first needed."""

    BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    DRIVERS = ("chromedriver", "chromium.chromedriver")

    def __init__(self, installed: Installed, *, headless: bool) -> None:
        """Note how to start it."""
        self._installed = installed
        self._headless = headless
        self._service: Service | None = None
        self._first: Browser | None = None
        self._contexts: list[tuple[str, WebDriver]] = []
        self._devtools: DevTools | None = None
        # A browser that is killed leaves files; they go with this folder.
        self._litter: TemporaryDirectory[str] | None = None

    @classmethod
    def find(cls, search_path: str) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""
        binary, driver = (_first_on(search_path, names) for names in (cls.BINARIES, cls.DRIVERS))
        if not (binary and driver):
            missing = " and ".join(
                n for n, found in (("Chromium or Chrome", binary), ("chromedriver", driver)) if not found
            )
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        return Installed(binary, driver)

    def first(self) -> Browser:
        """Return the browser of the first person in a scenario, started if need be.

        Raises BrowserError.
        """
        if self._first is None:
            driver = self._start()
            self._devtools = DevTools(_debugger_address(driver))
            self._first = Browser(driver, self._devtools.page(driver.current_window_handle))
        return self._first

    def another(self) -> Browser:
        """Return a browser that shares nothing with the others, until the scenario ends."""
        first, devtools = self.first(), self._devtools
        assert devtools  # noqa: S101 - opened by first()
        context = devtools.send("Target.createBrowserContext")["browserContextId"]
        width, height = WINDOW_SIZE
        window = {"url": "about:blank", "newWindow": True, "width": width, "height": height}
        target = devtools.send("Target.createTarget", browserContextId=context, **window)["targetId"]
        driver = self._attach(first)
        self._contexts.append((context, driver))
        driver.switch_to.window(target)
        return Browser(driver, devtools.page(target))

    def clean(self) -> None:
        """Bring the browser back to a clean start; one that no longer answers is given up."""
        try:
            if self._first and self._devtools:
                self._close_others(self._devtools, self._first.driver.current_window_handle)
                self._first.leave_and_forget()
        except BROWSER_GONE:
            self.quit()

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""
        first, service, devtools = self._first, self._service, self._devtools
        self._first = self._service = self._devtools = None
        self._contexts.clear()
        with suppress(*BROWSER_GONE):
            if devtools:
                devtools.close()
            if first:
                first.driver.quit()
        if service and service.process:
            _end_group(service.process.pid)
        if self._litter:
            self._litter.cleanup()
            self._litter = None

    def _start(self) -> WebDriver:
        # A session of its own: Ctrl-C goes to this process alone, which then ends both.
        self._litter = TemporaryDirectory(prefix="superlists-", ignore_cleanup_errors=True)
        environment = os.environ | {"TMPDIR": self._litter.name}
        service = Service(self._installed.driver, env=environment, popen_kw={"start_new_session": True})
        self._service = service
        try:
            return webdriver.Chrome(options=self._options(), service=service)
        except BROWSER_GONE as error:
            self.quit()
            raise BrowserError(
                f"{self._installed.binary} did not start: {str(error).strip().splitlines()[0]}"
            ) from error

    def _options(self) -> webdriver.ChromeOptions:
        options = webdriver.ChromeOptions()
        options.binary_location = self._installed.binary
        for argument in (*QUIET, f"--window-size={WINDOW_SIZE[0]},{WINDOW_SIZE[1]}"):
            options.add_argument(argument)
        if self._headless:
            options.add_argument("--headless=new")
        if os.geteuid() == 0:
            # Chromium's sandbox refuses to run as root, as in most containers.
            options.add_argument("--no-sandbox")
        options.timeouts = TIMEOUTS_MS
        options.set_capability(*CONSOLE)
        return options

    def _attach(self, first: Browser) -> WebDriver:
        """Return one more WebDriver session on the same browser process."""
        assert self._service  # noqa: S101 - started by first()
        options = webdriver.ChromeOptions()
        options.debugger_address = _debugger_address(first.driver)
        options.timeouts = TIMEOUTS_MS
        options.set_capability(*CONSOLE)
        return WebDriver(ChromeRemoteConnection(self._service.service_url), options=options)

    def _close_others(self, devtools: DevTools, kept: str) -> None:
        """Close every window but one: other people's, and those that a page opened."""
        while self._contexts:
            context, driver = self._contexts.pop()
            driver.quit()
            devtools.send("Target.disposeBrowserContext", browserContextId=context)
        for target in devtools.send("Target.getTargets")["targetInfos"]:
            if target["type"] == "page" and target["targetId"] != kept:
                devtools.send("Target.closeTarget", targetId=target["targetId"])


BROWSERS = {"chrome": Chrome}


def _debugger_address(driver: WebDriver) -> str:
    return str(driver.capabilities["goog:chromeOptions"]["debuggerAddress"])


def _first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)


def _end_group(leader: int) -> None:
    """End what is left of the driver's process group: the driver and its browser."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
