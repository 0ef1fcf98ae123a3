"""Browsers on the nodes of a Selenium Grid: asked for at its hub, and driven through it."""

from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from selenium import webdriver
from selenium.webdriver.common.options import ArgOptions
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.webdriver import WebDriver

from acceptance.browsers.base import BROWSER_GONE, WINDOW_SIZE, BrowserError, BrowserProcess, Installed, first_line
from acceptance.browsers.bidi_connection import BidiConnection
from acceptance.browsers.chromium import Chrome, ChromiumSession
from acceptance.browsers.firefox import PREFERENCES, Firefox, FirefoxSession
from acceptance.scratch_dir import BROWSER, SESSION, ScratchDir

# A grid whose nodes are all busy lets a request wait for 300 s, and then says so.
QUEUED_WITHIN_S = 330
# A page may take 30 s to load.
ANSWERS_WITHIN_S = 60
LOOKS_WITHIN_S = 10
# How a hub begins to say that a node does not answer it, or that the session is no more.
LOST = ("Unable to execute request for an existing session", "Unable to find session")


class GridSession:
    """One session of a grid, which ends with the run, or with the next one where the run was killed."""

    def __init__(self, grid: str, options: ArgOptions, attach: Callable[[WebDriver, str], None]) -> None:
        """Ask the grid for a browser, and drive it by WebDriver and by its socket; raises BrowserError."""
        browser = str(options.capabilities["browserName"])
        self._scratch = ScratchDir(BROWSER)
        self.url = ""
        self._driver: WebDriver | None = None
        try:
            refuse_missing(grid, browser)
            config = ClientConfig(remote_server_addr=grid, timeout=QUEUED_WITHIN_S)
            self._driver = driver = webdriver.Remote(options=options, command_executor=grid, client_config=config)
            self.url = f"{grid}/session/{driver.session_id}"
            (self._scratch.folder / SESSION).write_text(self.url)
            config.timeout = ANSWERS_WITHIN_S
            self.capabilities: dict[str, Any] = driver.capabilities
            attach(driver, self.url.replace("http", "ws", 1))
        except BaseException as error:
            # Also of Ctrl-C.
            self.end()
            if not isinstance(error, BROWSER_GONE):
                raise
            raise BrowserError(f"The grid at {grid} starts no {browser}: {first_line(error)}") from error

    def end(self) -> None:
        """Give the browser back; safe to call twice."""
        self._scratch.remove()
        executor = self._driver.command_executor if self._driver else ""
        if not isinstance(executor, str):
            executor.close()  # type: ignore[no-untyped-call]

    def lost(self) -> str:
        """Say why the node does not answer; nothing while it does, whatever has become of its browser."""
        try:
            answer = requests.get(f"{self.url}/timeouts", timeout=LOOKS_WITHIN_S).json()
            error = (answer["value"] or {}).get("message") or ""
        except (OSError, ValueError, LookupError) as problem:
            return first_line(problem)
        return str(error).splitlines()[0] if str(error).startswith(LOST) else ""


class OnGrid(BrowserProcess):
    """What a browser on a node is, besides what it is as a browser: a session of the grid."""

    def __init__(self, grid: str, options: ArgOptions) -> None:
        """Ask the grid for it; raises BrowserError."""
        super().__init__()
        self.grid = GridSession(grid, options, self._attach)

    @abstractmethod
    def _attach(self, driver: WebDriver, socket: str) -> None:
        """Drive it by WebDriver, and by what is below this address on the node."""

    def end_at_once(self) -> None:
        self.grid.end()

    def kill(self) -> None:
        # In this order: the grid answers no end of a socket, which would be waited for.
        self.end_at_once()
        self._connections.close()

    def lost(self) -> str:
        return self.grid.lost()


class RemoteChromium(OnGrid, ChromiumSession):
    """Chrome on a node."""

    def _attach(self, driver: WebDriver, socket: str) -> None:
        self._drive(driver, f"{socket}/se/cdp")


class RemoteFirefox(OnGrid, FirefoxSession):
    """Firefox on a node."""

    def _attach(self, driver: WebDriver, socket: str) -> None:
        self._driver = driver
        self._drive(BidiConnection(f"{socket}/se/bidi", driver.capabilities))

    def clean(self) -> None:
        """End the user contexts, and let the grid see that the session is in use."""
        super().clean()
        self._driver.execute("getTimeouts")


class GridChrome(Chrome):
    """Whatever Chrome the nodes of a grid have; whom it trusts, and whether it has a sandbox, the node says as well."""

    def __init__(
        self, installed: Installed, *, headless: bool, sandbox: bool | None = None, authority: Path | None = None
    ) -> None:
        """Note where the grid is; that this user is root here says nothing of a node."""
        super().__init__(installed, headless=headless, sandbox=sandbox is not False, authority=authority)

    def new_process(self) -> RemoteChromium:
        return RemoteChromium(self._installed.grid, self.options())


class GridFirefox(Firefox):
    """Whatever Firefox the nodes of a grid have."""

    def new_process(self) -> RemoteFirefox:
        options = webdriver.FirefoxOptions()
        for name, value in PREFERENCES.items():
            options.set_preference(name, value)
        for name, pixels in WINDOW_SIZE.items():
            options.add_argument(f"--{name}={pixels}")
        if self._headless:
            options.add_argument("-headless")
        options.web_socket_url = True
        # Selenium's own default is to believe any.
        options.accept_insecure_certs = False
        # A dialog stays: a scenario that does not expect one is to fail.
        options.unhandled_prompt_behavior = "ignore"
        return RemoteFirefox(self._installed.grid, options)


def refuse_missing(grid: str, browser: str) -> None:
    """Raise BrowserError where no grid answers, or none of its nodes has the browser: it would be waited for."""
    try:
        nodes = requests.get(f"{grid}/status", timeout=LOOKS_WITHIN_S).json()["value"]["nodes"]
        names = sorted({slot["stereotype"]["browserName"] for node in nodes for slot in node["slots"]})
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise BrowserError(f"No Selenium Grid answers at {grid}: {first_line(error)}") from error
    if browser not in names:
        raise BrowserError(f"No node of the grid at {grid} has {browser}; they have: {', '.join(names) or 'nothing'}")
