"""Chromium or Google Chrome: found, started, told whom to trust, and ended."""

import os
import re
import signal
import subprocess
from abc import ABC, abstractmethod
from contextlib import ExitStack, suppress
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from acceptance.browsers import trusted_authority
from acceptance.browsers.base import (
    BROWSER_GONE,
    WINDOW_SIZE,
    Browser,
    BrowserError,
    Browsers,
    Installed,
    first_line,
    first_on,
)
from acceptance.browsers.chromium_window import ContextPool, DriverSession
from acceptance.browsers.devtools import devtools_url
from acceptance.browsers.read_only_filter import ReadOnlyFilter, RequestRules
from acceptance.redaction import redacted
from acceptance.scratch_dir import BROWSER, ScratchDir, remove_orphans

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
# What is no reason: how the driver greets, the bus of a desktop that is not there, and addresses in the program.
NOISE = re.compile(
    r"Starting ChromeDriver|Please see https://chromedriver|ChromeDriver was started|Only local connections"
    r"|Remote connections are allowed|bind\(\) failed: Cannot assign|DevTools listening|dbus/|unexpected operator"
    r"|^#\d+ |^\s*(r\d+|[a-z]{2}): |^\[end of"
)
SHOWN = 10
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
    cannot_trust = staticmethod(trusted_authority.unusable)

    @classmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""
        shells = cls.SHELLS if headless else ()
        programs = {"Chromium or Chrome": (*shells, *cls.BINARIES), "chromedriver": cls.DRIVERS}
        paths = {what: first_on(search_path, names) for what, names in programs.items()}
        missing = " and ".join(what for what, path in paths.items() if not path)
        if missing:
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        return Installed(*map(str, paths.values()))

    def new_process(self) -> "ChromiumSession":
        """Start a process, once what killed runs left is gone; raises BrowserError."""
        remove_orphans()
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


class ChromiumSession(ABC):
    """One Chromium that is driven, wherever it runs."""

    session: DriverSession

    def __init__(self) -> None:
        """Begin with nobody who visits."""
        self.pool: ContextPool | None = None
        self.request_filter: ReadOnlyFilter | None = None

    @property
    def version(self) -> str:
        """The browser and its version."""
        return self.session.version

    def visit(self, base_url: str, *, read_only: bool, same_origin: bool) -> None:
        """Make contexts for people to visit a site; before the first one, see to what they may not send."""
        if read_only or same_origin:
            # Nothing is sent by a window that was there before its requests are filtered.
            self.pool = None
            rules = RequestRules(base_url, read_only=read_only)
            self.request_filter = ReadOnlyFilter(self.session.devtools.url, rules, self.end_at_once)
        # Whoever looks whether a site is well is alone.
        self.prepare(1 if read_only else MADE_AT_START)
        assert self.pool  # noqa: S101 - just prepared
        self.pool.visit(base_url)

    def prepare(self, people: int = MADE_AT_START) -> None:
        """Make windows for some people, that show nothing yet, unless they are there."""
        self.pool = self.pool or ContextPool(self.session, people)

    def open(self) -> Browser:
        """Return a clean context that nobody else uses."""
        assert self.pool  # noqa: S101 - made by visit
        return self.pool.take()

    def refused_requests(self, *, waited_for: bool) -> str:
        """Say which requests were refused since this was asked last."""
        return self.request_filter.rules.take_refused(waited_for=waited_for) if self.request_filter else ""

    def clean(self) -> None:
        """Clean the contexts that were used."""
        if self.pool:
            self.pool.clean()

    def last_words(self) -> str:
        """Return what the browser has said of itself, where that can be seen."""
        return ""

    def lost(self) -> str:
        """Return nothing: this machine is not lost."""
        return ""

    @abstractmethod
    def kill(self) -> None:
        """End it without asking, and remove its files."""

    @abstractmethod
    def end_at_once(self) -> object:
        """End it before it can send anything more."""


class ChromiumProcess(ChromiumSession):
    """One browser with its driver, on this machine."""

    def __init__(self, installed: Installed, options: webdriver.ChromeOptions, authority: Path | None = None) -> None:
        """Start both, trusting this authority besides the usual ones; raises BrowserError, and leaves nothing then."""
        super().__init__()
        # Files of a browser that is killed go with this folder.
        self._scratch = ScratchDir(BROWSER)
        folder = self._scratch.folder
        self._log = (folder / "driver.log").open("w+", errors="replace")
        self.service: Service | None = None
        self._connections = ExitStack()
        try:
            environment = os.environ | {"TMPDIR": str(folder)} | _home_that_trusts(authority, folder / "home")
            # A session of its own: Ctrl-C goes to this process alone, which then ends both.
            session = {"start_new_session": True}
            self.service = Service(installed.driver, env=environment, popen_kw=session, log_output=self._log)
            driver = webdriver.Chrome(options=options, service=self.service)
            address = driver.capabilities["goog:chromeOptions"]["debuggerAddress"]
            self.session = DriverSession(driver, devtools_url(address))
            self._connections.callback(self.session.devtools.close)
        except BaseException as error:
            # Also of Ctrl-C, which may come while the browser is starting.
            words = self.last_words()
            if OTHER_VERSION in str(error) and Path(installed.binary).name in Chrome.SHELLS:
                words += f"\n{SHELL_OF_OTHER_VERSION}"
            self.kill()
            if not isinstance(error, BROWSER_GONE):
                raise
            raise BrowserError(f"{installed.binary} did not start: {first_line(error)}{words}") from error

    def last_words(self) -> str:
        """Return what the browser and its driver have said of themselves, which WebDriver does not hand on."""
        log = Path(self._log.name).read_text(errors="replace")
        lines = [line.strip() for line in log.splitlines() if line.strip() and not NOISE.search(line)]
        words = ["It said:", *(f"  {line}" for line in lines[-SHOWN:])] if lines else []
        advice = [WITHOUT_SANDBOX] if any("no-sandbox" in line for line in lines) else []
        return redacted("".join(f"\n{line}" for line in [*words, *advice]))

    def kill(self) -> None:
        """End browser and driver without asking."""
        if driver := self.end_at_once():
            driver.wait()
        self._connections.close()
        self._log.close()
        self._scratch.remove()

    def end_at_once(self) -> "subprocess.Popen[bytes] | None":
        """End what is left of the driver's process group: the driver and its browser."""
        # Without a process where the driver could not even be started.
        driver: subprocess.Popen[bytes] | None = getattr(self.service, "process", None)
        if driver:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(driver.pid, signal.SIGKILL)
        return driver


def _home_that_trusts(authority: Path | None, home: Path) -> dict[str, str]:
    """Return the home folder of a browser that is to trust another authority; else it keeps the user's."""
    if authority is None:
        return {}
    trusted_authority.write(authority, home / ".pki" / "nssdb")
    return {"HOME": str(home)}
