"""The browsers a run can use: one process a run, a clean state for each scenario.

A second person in one scenario gets a browser context of their own in the same
process: cookies, storage and cache apart, for a fifth of what a new process costs.
Another browser (Firefox, WebKit, a Selenium Grid) is one more class in BROWSERS.
"""

import json
import os
import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.request import urlopen

import websocket
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver
from urllib3.exceptions import HTTPError

from features.browser import Browser

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
BROWSER_GONE = (WebDriverException, HTTPError, OSError, websocket.WebSocketException)


@dataclass(frozen=True)
class Installed:
    """Where a browser and its driver are on this machine."""

    binary: str
    driver: str


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
        self._devtools: _DevTools | None = None

    @classmethod
    def find(cls, search_path: str) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""
        binary, driver = (_first_on(search_path, names) for names in (cls.BINARIES, cls.DRIVERS))
        if not (binary and driver):
            missing = " and ".join(n for n, found in (("Chromium or Chrome", binary), ("chromedriver", driver)) if not found)
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        return Installed(binary, driver)

    def first(self) -> Browser:
        """Return the browser of the first person in a scenario, started if need be."""
        if self._first is None:
            self._first = Browser(self._start())
        return self._first

    def another(self) -> Browser:
        """Return a browser that shares nothing with the others, until the scenario ends."""
        if self._devtools is None:
            self._devtools = _DevTools(self.first().driver)
        context = self._devtools.send("Target.createBrowserContext")["browserContextId"]
        width, height = WINDOW_SIZE
        window = {"url": "about:blank", "newWindow": True, "width": width, "height": height}
        target = self._devtools.send("Target.createTarget", browserContextId=context, **window)
        driver = self._attach()
        self._contexts.append((context, driver))
        driver.switch_to.window(target["targetId"])
        return Browser(driver)

    def clean(self) -> None:
        """Bring the browser back to a clean start; one that no longer answers is given up."""
        try:
            self._close_contexts()
            if self._first:
                self._first.leave_and_forget(WINDOW_SIZE)
        except BROWSER_GONE:
            self.quit()

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""
        first, service = self._first, self._service
        self._first = self._service = self._devtools = None
        self._contexts.clear()
        if first:
            with suppress(*BROWSER_GONE):
                first.driver.quit()
        if service and service.process:
            _end_group(service.process.pid)

    def _start(self) -> WebDriver:
        # A session of its own: Ctrl-C goes to this process alone, which then ends both.
        service = Service(self._installed.driver, popen_kw={"start_new_session": True})
        self._service = service
        return webdriver.Chrome(options=self._options(), service=service)

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
        options.timeouts = {"pageLoad": 30_000, "script": 10_000}
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return options

    def _attach(self) -> WebDriver:
        """Return one more WebDriver session on the same browser process."""
        assert self._service  # noqa: S101 - started by first()
        options = webdriver.ChromeOptions()
        options.debugger_address = _debugger_address(self.first().driver)
        options.timeouts = {"pageLoad": 30_000, "script": 10_000}
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return WebDriver(ChromeRemoteConnection(self._service.service_url), options=options)

    def _close_contexts(self) -> None:
        while self._contexts:
            context, driver = self._contexts.pop()
            driver.quit()
            assert self._devtools  # noqa: S101 - it made the context
            self._devtools.send("Target.disposeBrowserContext", browserContextId=context)


BROWSERS = {"chrome": Chrome}


class _DevTools:
    """The browser's own DevTools connection; WebDriver does not offer browser contexts."""

    def __init__(self, driver: WebDriver) -> None:
        with urlopen(f"http://{_debugger_address(driver)}/json/version", timeout=5) as answer:  # noqa: S310 - loopback
            address = json.load(answer)["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(address, timeout=10, suppress_origin=True)
        self._ids = count(1)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return the result of a command; raises WebDriverException with its error."""
        request = next(self._ids)
        self._socket.send(json.dumps({"id": request, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv())).get("id") != request:
            continue
        if "error" in answer:
            raise WebDriverException(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result


def _debugger_address(driver: WebDriver) -> str:
    return str(driver.capabilities["goog:chromeOptions"]["debuggerAddress"])


def _first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)


def _end_group(leader: int) -> None:
    """End what is left of the driver's process group: the driver and its browser."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
