"""Firefox: found, started, told whom to trust, and ended; driven over its own socket, without a driver."""

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from selenium.common.exceptions import WebDriverException

from acceptance.browsers import trusted_authority
from acceptance.browsers.base import WINDOW_SIZE, Browser, BrowserProcess, Browsers, Installed, first_on
from acceptance.browsers.bidi_connection import BidiConnection
from acceptance.browsers.devtools import Command
from acceptance.browsers.firefox_window import FirefoxWindow, Windows
from acceptance.browsers.process import LocalProcess
from acceptance.browsers.read_only_filter import RequestRules
from acceptance.waiting import eventually

STARTED_WITHIN_S = 30
CLEANED_WITHIN_S = 5
# Where Firefox says at which port it listens.
ADDRESS = "WebDriverBiDiServer.json"
# Firefox would draw its toolbars, tabs and address again for each page; where nobody sees them, it has none.
NO_TOOLBARS = "#navigator-toolbox { display: none }"
PREFERENCES: dict[str, bool | int | str] = {
    # WebDriver BiDi alone.
    "remote.active-protocols": 1,
    # A page that was left would live on in this cache for a while, and could store something.
    "browser.sessionhistory.max_total_viewers": 0,
    "fission.bfcacheInParent": False,
    # Requests past every filter: of workers that outlive their page, of links, and of the browser's own.
    "dom.serviceWorkers.enabled": False,
    "browser.send_pings": False,
    "dom.reporting.enabled": False,
    "network.prefetch-next": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # A person's window keeps time while another has the keyboard.
    "dom.min_background_timeout_value": 4,
    "dom.min_background_timeout_value_without_budget_throttling": 4,
    # A process for each person and site takes a quarter of a second to start.
    "fission.autostart": False,
    # Heed NO_TOOLBARS.
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,
    # What a browser does on its own account slows a run down and reaches outside.
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "browser.newtabpage.enabled": False,
    "browser.topsites.contile.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.server": "",
    "network.proxy.type": 0,
}


class Firefox(Browsers):
    """Firefox, of which one process has a user context for each person."""

    BINARIES = ("firefox-esr", "firefox")
    column = "firefox"

    @classmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:  # noqa: ARG003 - it is the same program
        if binary := first_on(search_path, cls.BINARIES):
            return Installed(binary)
        raise LookupError("no Firefox on the PATH; `make browser BROWSER=firefox` installs it")

    def new_process(self) -> "FirefoxSession":
        return FirefoxProcess(self._installed.binary, headless=self._headless, authority=self._authority)


class FirefoxSession(BrowserProcess):
    """One Firefox that is driven, wherever it runs."""

    def __init__(self) -> None:
        super().__init__()
        self._in_use: list[FirefoxWindow] = []
        # Those of the scenario before, which show nothing any more.
        self._left: list[FirefoxWindow] = []
        self._base_url = ""

    def _drive(self, connection: BidiConnection) -> None:
        """Drive it by this connection from now on."""
        self._connection = connection
        self._connections.callback(connection.close)
        self.version = "{browserName} {browserVersion}".format(**connection.capabilities)
        connection.browser.set_download_behavior(allowed=False)
        self._shared = Windows(connection)

    def prepare(self) -> None:
        """Make the first user context ahead."""
        self._shared.make_next()

    def visit(self, base_url: str, *, read_only: bool, same_origin: bool) -> None:
        self._base_url = base_url
        if read_only or same_origin:
            self.rules = RequestRules(base_url, read_only=read_only)
            RequestFilter(self._connection, self.rules, self.end_at_once)
        # So that the first scenario is not the one to wait for the content process, fonts and connections.
        self.open().open("/")
        self.clean()

    def open(self) -> Browser:
        window = FirefoxWindow(self._connection, self._shared, self._base_url)
        self._in_use.append(window)
        return window

    def clean(self) -> None:
        """End the user contexts, with their windows and all that they store.

        What a page sends as its window ends would pass the filter, where there is one: there, the pages
        are left first, and their windows end when the next ones have been used.
        """
        ending, self._in_use = self._in_use, []
        with self._connection.timeout(CLEANED_WITHIN_S):
            if self.rules and ending:
                self._leave_pages([window.user for window in ending])
                ending, self._left = self._left, ending
            self._connection.send_all(*(window.removal for window in ending))
        self._shared.forget()

    def _leave_pages(self, users: list[str]) -> None:
        """Show nothing in any window of these user contexts, those included that a page opened."""
        (tree,) = self._connection.send_all(Command("browsingContext.getTree", {"maxDepth": 0}))
        windows = [window["context"] for window in tree["contexts"] if window["userContext"] in users]
        nothing = {"url": "about:blank", "wait": "complete"}
        self._connection.send_all(
            *(Command("browsingContext.navigate", {"context": window} | nothing) for window in windows)
        )


class FirefoxProcess(LocalProcess, FirefoxSession):
    """One Firefox with a profile of its own, on this machine."""

    program: "subprocess.Popen[bytes] | None" = None

    def __init__(self, binary: str, *, headless: bool, authority: Path | None) -> None:
        """Start it, trusting this authority besides the usual ones; raises BrowserError, and leaves nothing then."""
        super().__init__(binary)
        with self.starting() as folder:
            profile = folder / "profile"
            write_profile(profile, authority, headless=headless)
            size = [f"--{name}={pixels}" for name, pixels in WINDOW_SIZE.items()]
            command = [binary, "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0", *size]
            # Where a window appears, what lets it is in the user's home.
            home = {"HOME": str(folder)} if headless else {}
            # A session of its own: Ctrl-C goes to this process alone, which then ends the browser.
            self.program = subprocess.Popen(
                [*command, *(["--headless"] if headless else [])],
                env=os.environ | {"TMPDIR": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"} | home,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
            # A dialog stays: a scenario that does not expect one is to fail.
            self._drive(BidiConnection(self._address(profile), unhandledPromptBehavior={"default": "ignore"}))

    def _address(self, profile: Path) -> str:
        """Return where it listens, once it does; raises NotSeenError, or OSError where it ended before."""

        def look() -> str:
            if self.program and self.program.poll() is not None:
                raise OSError(f"it ended with exit code {self.program.returncode}")
            with suppress(FileNotFoundError, ValueError):
                told = json.loads((profile / ADDRESS).read_text())
                return f"ws://{told['ws_host']}:{told['ws_port']}/session"
            return ""

        return eventually(look, what="Firefox to listen", within_s=STARTED_WITHIN_S)


class RequestFilter:
    """Lets a request of any window go on, or refuses it, as the rules say."""

    def __init__(self, connection: BidiConnection, rules: RequestRules, end_browser: Any) -> None:
        """Hold every request from now on; should this fail, the browser ends: nothing may pass unseen."""
        self.rules = rules
        self._connection, self._end_browser = connection, end_browser
        self._held: SimpleQueue[dict[str, Any]] = SimpleQueue()
        # What it would send belongs to no window, and is not held.
        connection.script.add_preload_script("() => { delete globalThis.SharedWorker }")
        connection.network.add_event_handler("before_request", self._held.put)
        connection.network.add_intercept(phases=["beforeRequestSent"])
        Thread(target=self._decide, daemon=True).start()

    def _decide(self) -> None:
        try:
            while True:
                event = self._held.get()
                if event["isBlocked"]:
                    request = event["request"]
                    verb = "continue" if self.rules.lets_through(request["method"], request["url"]) else "fail"
                    send = getattr(self._connection.network, f"{verb}_request")
                    try:
                        send(request["request"])
                    except WebDriverException as error:
                        # Of a page that was left meanwhile.
                        if "no such request" not in str(error.msg):
                            raise
        except Exception:  # noqa: BLE001 - whatever it is, as of a browser that has ended
            self._end_browser()


def write_profile(profile: Path, authority: Path | None, *, headless: bool) -> None:
    """Make a profile with the engine's preferences, which trusts an authority; raises BrowserError."""
    profile.mkdir()
    if headless:
        (profile / "chrome").mkdir()
        (profile / "chrome" / "userChrome.css").write_text(NO_TOOLBARS)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    if authority:
        trusted_authority.write(authority, profile)
