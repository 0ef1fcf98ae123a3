"""The browsers a run can use: one process a run, a clean state for each scenario.

Another browser (Firefox, WebKit, a Selenium Grid) is one more class in BROWSERS.
"""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from selenium import webdriver

from acceptance.browsers.browser import Browser
from acceptance.browsers.browser_contexts import WINDOW_SIZE
from acceptance.browsers.chromium_process import BROWSER_GONE, BrowserError, Installed, Process
from acceptance.browsers.scratch_dir import sweep
from acceptance.proxies import bypass
from acceptance.waiting import NotSeenError, eventually

OFF = (
    # A page that was left would live on in this cache for a while, and could store something.
    "BackForwardCache",
    # Pages of the address bar's own, which nobody sees here: a quarter of all the work of a start.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Reports of what a page may not do, or of what went wrong: POSTs of the browser's own, past every filter.
    "Reporting",
    "NetworkErrorLogging",
    # What a worker has fetched there goes past every filter, too.
    "BackgroundFetch",
)
# What a browser does on its own account slows a run down and reaches outside.
QUIET = (
    "--disable-background-networking",
    f"--disable-features={','.join(OFF)}",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
)


# What a step sets off, such as a script's fetch, is sent within this time.
SETTLED_WITHIN_S = 0.2


class Chrome:
    """Chromium or Google Chrome."""

    BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    DRIVERS = ("chromedriver", "chromium.chromedriver")

    def __init__(
        self, installed: Installed, *, headless: bool, sandbox: bool | None = None, authority: Path | None = None
    ) -> None:
        """Note how to start it, and which certificate authority to trust besides the usual ones.

        Chromium's sandbox refuses to run as root, who does without it unless told otherwise.
        """
        # WebDriver and DevTools are spoken on this machine.
        bypass()
        self._installed = installed
        self._authority = authority
        self._headless = headless
        self._sandbox = os.geteuid() != 0 if sandbox is None else sandbox
        self._process: Process | None = None
        self._base_url = ""
        self._looks_only = self._within = False

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
        """Start the process, once what killed runs left is gone; raises BrowserError."""
        sweep()
        self._process = Process(self._installed, self.options(), self._authority)

    @property
    def version(self) -> str:
        """The browser and its version, once it runs."""
        return self._process.version if self._process else ""

    def visit(self, base_url: str, *, looks_only: bool = False, within: bool = False) -> None:
        """Make ready for people to visit the site at `base_url`, or only to look at it; raises BrowserError.

        Wherever it may lead, nothing is sent there, if they are to stay within it.
        """
        self._base_url, self._looks_only, self._within = base_url, looks_only, within
        if self._process is None:
            self.start()
        assert self._process  # noqa: S101 - started above
        try:
            self._process.visit(base_url, looks_only=looks_only, within=within)
        except BROWSER_GONE as error:
            reason = f"The browser cannot visit {base_url}: {_first_line(error)}{self._process.words()}"
            self.kill()
            raise BrowserError(reason) from error

    def open(self) -> Browser:
        """Return a browser for one more person, until the scenario ends; raises BrowserError."""
        if self._process is None:
            self.visit(self._base_url, looks_only=self._looks_only, within=self._within)
        assert self._process  # noqa: S101 - started by visit
        return self._process.open()

    def refused(self) -> str:
        """Say which requests were refused since this was asked last.

        On a site that people may only look at, a page that was just asked to send something is given a moment to do so.
        """
        if self._process is None:
            return ""
        refused: list[str] = []
        with suppress(NotSeenError):
            within_s = SETTLED_WITHIN_S if self._looks_only else 0
            refused = eventually(self._process.refused, what="requests that are refused", within_s=within_s)
        why = f"{self._base_url} leads elsewhere: nothing is sent there."
        if self._looks_only:
            why = f"{self._base_url} is a production site, or may be: a scenario looks at it, and sends nothing."
        return "\n".join([why, *(f"The browser refused: {request}" for request in refused)]) if refused else ""

    def clean(self) -> None:
        """Take everyone's browser away and clean it; a process that does not answer is given up, and said to be."""
        try:
            if self._process:
                self._process.clean()
        except BROWSER_GONE as error:
            # Behave keeps what a hook prints to itself.
            print(f"The browser did not answer and is replaced: {_first_line(error)}", file=sys.__stderr__)
            self.kill()

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""
        if self._process:
            self._process.quit()
            # Only now: what Ctrl-C kept from ending is ended as the run cleans up.
            self._process = None

    def kill(self) -> None:
        """End them without asking: for a browser that may not answer."""
        if self._process:
            self._process.kill()
            self._process = None

    def options(self) -> webdriver.ChromeOptions:
        """Return what Chromium is started with."""
        options = webdriver.ChromeOptions()
        options.binary_location = self._installed.binary
        for argument in (*QUIET, f"--window-size={WINDOW_SIZE[0]},{WINDOW_SIZE[1]}"):
            options.add_argument(argument)
        if self._headless:
            options.add_argument("--headless=new")
        if not self._sandbox:
            options.add_argument("--no-sandbox")
        options.timeouts = {"pageLoad": 30_000, "script": 10_000}
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return options


BROWSERS = {"chrome": Chrome}


def _first_line(error: BaseException) -> str:
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__


def _first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)
