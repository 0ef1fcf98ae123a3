"""Chromium or Google Chrome: found, started, told whom to trust, and ended."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import websocket
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from acceptance.browsers.base import Browser, BrowserError, Installed
from acceptance.browsers.browser_contexts import WINDOW_SIZE, ContextPool, DriverSession
from acceptance.browsers.read_only_filter import ReadOnlyFilter
from acceptance.proxies import bypass_proxies
from acceptance.redaction import redacted
from acceptance.scratch_dir import BROWSER, ScratchDir, remove_orphans

# What is raised of a browser that no longer answers.
BROWSER_GONE = (WebDriverException, HTTPError, OSError, websocket.WebSocketException)
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
# Tells the browser of an authority, by the user's database of NSS below the home folder.
CERTUTIL = "certutil"
CERTUTIL_ADVICE = f"{CERTUTIL} tells the browser of it, and is not there: sudo apt-get install libnss3-tools"
CERTUTIL_TIMEOUT_S = 20
# What is no reason: how the driver greets, the bus of a desktop that is not there, and addresses in the program.
NOISE = re.compile(
    r"Starting ChromeDriver|Please see https://chromedriver|ChromeDriver was started|Only local connections"
    r"|Remote connections are allowed|bind\(\) failed: Cannot assign|DevTools listening|dbus/|unexpected operator"
    r"|^#\d+ |^\s*(r\d+|[a-z]{2}): |^\[end of"
)
SHOWN = 10
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


class Chrome:
    """Chromium or Google Chrome: one process at a time, started anew where one is no longer of use."""

    # The same engine without a window or a user interface: it takes half of the processor time.
    SHELLS: tuple[str, ...] = ("chromium-headless-shell", "chrome-headless-shell")
    BINARIES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    DRIVERS = ("chromedriver", "chromium.chromedriver")

    def __init__(
        self, installed: Installed, *, headless: bool, sandbox: bool | None = None, authority: Path | None = None
    ) -> None:
        """Note how to start it; as root, as whom Chromium has no sandbox, it does without unless told otherwise."""
        # WebDriver and DevTools are spoken on this machine.
        bypass_proxies()
        self._installed, self._headless, self._authority = installed, headless, authority
        self._sandbox = os.geteuid() != 0 if sandbox is None else sandbox
        self._process: ChromiumProcess | None = None
        self._base_url, self._read_only, self._same_origin = "", False, False

    @classmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""
        shells = cls.SHELLS if headless else ()
        programs = {"Chromium or Chrome": (*shells, *cls.BINARIES), "chromedriver": cls.DRIVERS}
        paths = {what: _first_on(search_path, names) for what, names in programs.items()}
        missing = " and ".join(what for what, path in paths.items() if not path)
        if missing:
            raise LookupError(f"no {missing} on the PATH; `make browser` finds or installs what is missing")
        return Installed(*map(str, paths.values()))

    @classmethod
    def cannot_trust(cls, authority: Path, search_path: str) -> str:
        """Return why a browser could not be told of this certificate authority; nothing when it could."""
        if not authority.is_file():
            return f"there is no file {authority}, the site's own certificate authority"
        certutil = shutil.which(CERTUTIL, path=search_path)
        return "" if certutil else f"the site has its own certificate authority. {CERTUTIL_ADVICE}"

    @property
    def version(self) -> str:
        """The browser and its version, once it runs."""
        return self._process.version if self._process else ""

    def start(self) -> None:
        """Start a process, once what killed runs left is gone; raises BrowserError."""
        self._running()

    def _running(self) -> "ChromiumProcess":
        if self._process is None:
            remove_orphans()
            self._process = ChromiumProcess(self._installed, self.options(), self._authority)
        return self._process

    def visit(self, base_url: str, *, read_only: bool = False, same_origin: bool = False) -> None:
        """Make ready for people to visit the site, or only to look at it; raises BrowserError."""
        self._base_url, self._read_only, self._same_origin = base_url, read_only, same_origin
        process = self._running()
        try:
            process.visit(base_url, read_only=read_only, same_origin=same_origin)
        except BROWSER_GONE as error:
            reason = f"The browser cannot visit {base_url}: {_first_line(error)}{process.last_words()}"
            self.kill()
            raise BrowserError(reason) from error

    def open(self) -> Browser:
        """Return a browser for one more person, until the scenario ends; raises BrowserError."""
        if self._process is None:
            self.visit(self._base_url, read_only=self._read_only, same_origin=self._same_origin)
        pool = self._running().pool
        assert pool  # noqa: S101 - made by visit
        return pool.take()

    def refused_requests(self) -> str:
        """Say which requests were refused since this was asked last."""
        request_filter = self._process.request_filter if self._process else None
        return request_filter.take_refused() if request_filter else ""

    def clean(self) -> None:
        """Take everyone's browser away and clean it; a process that does not answer is given up, and said to be."""
        try:
            if self._process and self._process.pool:
                self._process.session.check()
                self._process.pool.clean()
        except BROWSER_GONE as error:
            # Behave keeps what a hook prints to itself.
            print(f"The browser did not answer and is replaced: {_first_line(error)}", file=sys.__stderr__)
            self.kill()

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""
        if self._process:
            with suppress(*BROWSER_GONE):
                self._process.session.quit()
            self._process.kill()
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
        for argument in (*QUIET, "--window-size={width},{height}".format(**WINDOW_SIZE)):
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


class ChromiumProcess:
    """One browser with its driver."""

    def __init__(self, installed: Installed, options: webdriver.ChromeOptions, authority: Path | None = None) -> None:
        """Start both, trusting this authority besides the usual ones; raises BrowserError, and leaves nothing then."""
        # Files of a browser that is killed go with this folder.
        self._scratch = ScratchDir(BROWSER)
        folder = self._scratch.folder
        self._log = (folder / "driver.log").open("w+", errors="replace")
        self.service: Service | None = None
        self.pool: ContextPool | None = None
        self.request_filter: ReadOnlyFilter | None = None
        try:
            environment = os.environ | {"TMPDIR": str(folder)} | _home_that_trusts(authority, folder / "home")
            # A session of its own: Ctrl-C goes to this process alone, which then ends both.
            session = {"start_new_session": True}
            self.service = Service(installed.driver, env=environment, popen_kw=session, log_output=self._log)
            driver = webdriver.Chrome(options=options, service=self.service)
            self.version = f"{driver.capabilities['browserName']} {driver.capabilities['browserVersion']}"
            self.session = DriverSession(driver)
        except BaseException as error:
            # Also of Ctrl-C, which may come while the browser is starting.
            words = self.last_words()
            if OTHER_VERSION in str(error) and Path(installed.binary).name in Chrome.SHELLS:
                words += f"\n{SHELL_OF_OTHER_VERSION}"
            self.kill()
            if not isinstance(error, BROWSER_GONE):
                raise
            raise BrowserError(f"{installed.binary} did not start: {_first_line(error)}{words}") from error

    def last_words(self) -> str:
        """Return what the browser and its driver have said of themselves, which WebDriver does not hand on."""
        log = Path(self._log.name).read_text(errors="replace")
        lines = [line.strip() for line in log.splitlines() if line.strip() and not NOISE.search(line)]
        words = ["It said:", *(f"  {line}" for line in lines[-SHOWN:])] if lines else []
        advice = [WITHOUT_SANDBOX] if any("no-sandbox" in line for line in lines) else []
        return redacted("".join(f"\n{line}" for line in [*words, *advice]))

    def visit(self, base_url: str, *, read_only: bool, same_origin: bool) -> None:
        """Make contexts for people to visit a site; before the first one, see to what they may not send."""
        if read_only or same_origin:
            # A window that shows the site already is not filtered.
            self.request_filter = ReadOnlyFilter(
                self.session.debugger_address, base_url, read_only=read_only, end_browser=self._end
            )
        self.pool = ContextPool(self.session, base_url)

    def kill(self) -> None:
        """End browser and driver without asking."""
        if driver := self._end():
            driver.wait()
        self._log.close()
        self._scratch.remove()

    def _end(self) -> "subprocess.Popen[bytes] | None":
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
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    _certutil("-N", "--empty-password", database=database)
    # C: vouches for servers, and for nothing else.
    _certutil("-A", "-t", "C,,", "-n", "authority", "-i", str(authority), database=database)
    return {"HOME": str(home)}


def _certutil(*arguments: str, database: Path) -> None:
    command = [CERTUTIL, "-d", f"sql:{database}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=CERTUTIL_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrowserError(f"{CERTUTIL_ADVICE} ({error})") from error
    if done.returncode:
        raise BrowserError(f"The browser cannot be told of the site's authority: {done.stderr.strip()}")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)
