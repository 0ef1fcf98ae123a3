"""Chromium or Google Chrome: found, started, told whom to trust, and ended."""

import os
import re
import subprocess
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.webdriver import WebDriver

from acceptance.browsers import trusted_authority
from acceptance.browsers.base import WINDOW_SIZE, Browser, BrowserProcess, Browsers, Installed, first_on
from acceptance.browsers.chromium_window import ContextPool, DriverSession
from acceptance.browsers.devtools import devtools_url
from acceptance.browsers.process import LocalProcess
from acceptance.browsers.read_only_filter import ReadOnlyFilter, RequestRules

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
# In the headless shell alone: a new frame with a compositor of its own for each page of a site, a tenth of all time.
OFF_IN_SHELL = ("RenderDocument",)
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
# Most scenarios have one person or two.
MADE_AT_START = 2
WITHOUT_SANDBOX = (
    "Chromium can have no sandbox here: not as root, nor where users may make no namespaces, as in most containers. "
    "Where the site is one that you trust, a run does without it: -D sandbox=no, or `sandbox = no` in behave.ini."
)
# What the driver says of a browser that is older or newer than itself.
OTHER_VERSION = "only supports Chrome version"
SHELL_OF_OTHER_VERSION = (
    "The headless shell is of another version than the driver. Install both of one version, "
    "or take the full browser: -D browser=chrome-full, or `browser = chrome-full` in behave.ini."
)


class Chrome(Browsers):
    """Chromium or Google Chrome."""

    # The same engine without a window or a user interface: it takes half of the processor time.
    SHELLS: tuple[str, ...] = ("chromium-headless-shell", "chrome-headless-shell")
    BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    DRIVERS = ("chromedriver", "chromium.chromedriver")

    @classmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:
        shells = cls.SHELLS if headless else ()
        programs = {"Chromium or Chrome": (*shells, *cls.BINARIES), "chromedriver": cls.DRIVERS}
        paths = {what: first_on(search_path, names) for what, names in programs.items()}
        missing = " and ".join(what for what, path in paths.items() if not path)
        if missing:
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        return Installed(*map(str, paths.values()))

    def new_process(self) -> "ChromiumSession":
        return ChromiumProcess(self._installed, self.options(), self._authority)

    def options(self) -> webdriver.ChromeOptions:
        """Return what Chromium is started with."""
        options = webdriver.ChromeOptions()
        # Empty for a browser on a grid.
        options.binary_location = self._installed.binary
        is_shell = Path(self._installed.binary).name in self.SHELLS
        off = ",".join((*OFF, *(OFF_IN_SHELL if is_shell else ())))
        for argument in (*QUIET, f"--disable-features={off}", "--window-size={width},{height}".format(**WINDOW_SIZE)):
            options.add_argument(argument)
        if self._headless:
            options.add_argument("--headless=new")
        if not self._sandbox:
            options.add_argument("--no-sandbox")
        options.timeouts = {"pageLoad": 30_000, "script": 10_000}
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        return options


class FullChrome(Chrome):
    """Never the headless shell: the browser as people have it on their desks, also where nobody looks at it."""

    SHELLS = ()


class ChromiumSession(BrowserProcess):
    """One Chromium that is driven, wherever it runs."""

    session: DriverSession
    pool: ContextPool | None = None

    def _drive(self, driver: WebDriver, devtools: str) -> None:
        """Drive it by these from now on."""
        self.session = DriverSession(driver, devtools)
        self._connections.callback(self.session.devtools.close)
        self.version = "{browserName} {browserVersion}".format(**driver.capabilities)

    def visit(self, base_url: str, *, read_only: bool, same_origin: bool) -> None:
        if read_only or same_origin:
            # Nothing is sent by a window that was there before its requests are filtered.
            self.pool = None
            self.rules = RequestRules(base_url, read_only=read_only)
            self.request_filter = ReadOnlyFilter(self.session.devtools.url, self.rules, self.end_at_once)
        # Whoever looks whether a site is well is alone.
        self.prepare(1 if read_only else MADE_AT_START)
        assert self.pool  # noqa: S101 - just prepared
        self.pool.visit(base_url)

    def prepare(self, people: int = MADE_AT_START) -> None:
        """Make windows for some people, that show nothing yet, unless they are there."""
        self.pool = self.pool or ContextPool(self.session, people)

    def open(self) -> Browser:
        assert self.pool  # noqa: S101 - made by visit
        return self.pool.take()

    def clean(self) -> None:
        if self.pool:
            self.pool.clean()


class ChromiumProcess(LocalProcess, ChromiumSession):
    """One browser with its driver, on this machine."""

    # What is no reason: how the driver greets, the bus of a desktop that is not there, and addresses in the program.
    NOISE = re.compile(
        r"Starting ChromeDriver|Please see https://chromedriver|ChromeDriver was started|Only local connections"
        r"|Remote connections are allowed|bind\(\) failed: Cannot assign|DevTools listening|dbus/|unexpected operator"
        r"|^#\d+ |^\s*(r\d+|[a-z]{2}): |^\[end of"
    )

    def __init__(self, installed: Installed, options: webdriver.ChromeOptions, authority: Path | None = None) -> None:
        """Start both, trusting this authority besides the usual ones; raises BrowserError, and leaves nothing then."""
        super().__init__(installed.binary)
        self.service: Service | None = None
        is_shell = Path(installed.binary).name in Chrome.SHELLS
        self.advice = {"no-sandbox": WITHOUT_SANDBOX} | ({OTHER_VERSION: SHELL_OF_OTHER_VERSION} if is_shell else {})
        with self.starting() as folder:
            environment = os.environ | {"TMPDIR": str(folder)} | _home_that_trusts(authority, folder / "home")
            # A session of its own: Ctrl-C goes to this process alone, which then ends both.
            session = {"start_new_session": True}
            self.service = Service(installed.driver, env=environment, popen_kw=session, log_output=self._log)
            driver = webdriver.Chrome(options=options, service=self.service)
            address = driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
            self._drive(driver, devtools_url(address))

    @property
    def program(self) -> "subprocess.Popen[bytes] | None":
        """The driver, which ends with its browser."""
        # Without a process where the driver could not even be started.
        return getattr(self.service, "process", None)


def _home_that_trusts(authority: Path | None, home: Path) -> dict[str, str]:
    """Return the home folder of a browser that is to trust another authority; else it keeps the user's."""
    if authority is None:
        return {}
    trusted_authority.write(authority, home / ".pki" / "nssdb")
    return {"HOME": str(home)}
