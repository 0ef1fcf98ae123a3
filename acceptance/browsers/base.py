"""The contract of every browser: what pages and evidence need of one person's, what hooks need of the run's.

What is on a page is read by one script a question, so that a reading is of one
moment and never of an element that has just been replaced.
"""

import os
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from selenium.common.exceptions import NoSuchElementException, WebDriverException
from urllib3.exceptions import HTTPError
from websocket import WebSocketException

from acceptance.browsers.read_only_filter import RequestRules
from acceptance.proxies import bypass_proxies
from acceptance.scratch_dir import remove_orphans
from acceptance.waiting import eventually

# What is raised of a browser that no longer answers.
BROWSER_GONE = (WebDriverException, HTTPError, OSError, WebSocketException)
# A grid waits for at least a minute, and for five unless told otherwise.
TOUCHED_EVERY_S = 20
WINDOW_SIZE = {"width": 1280, "height": 900}

VISIBLE_TEXTS = """
return [...document.querySelectorAll(arguments[0])]
  .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}))
  .map(e => e.innerText.trim())
"""
SELECT = """
const field = document.querySelector(arguments[0]);
field?.focus();
field?.select();
return field !== null
"""
EXISTS = "return document.querySelector(arguments[0]) !== null"
BOX = "return document.querySelector(arguments[0]).getBoundingClientRect().toJSON()"
UNLOADED_STYLESHEETS = """
const links = [...document.querySelectorAll('link[rel=stylesheet]')];
if (links.length === 0) return ['(the page names none)'];
const rules = link => {
  // Of a stylesheet of another site, and of an error page in the place of one, the rules cannot be read.
  try { return link.sheet ? link.sheet.cssRules.length : 0; }
  catch { return link.href.startsWith(location.origin + '/') ? 0 : 1; }
};
const answered = link => performance.getEntriesByName(link.href).some(entry => entry.responseStatus === 200);
return links.filter(link => rules(link) === 0)
            .map(link => link.getAttribute('href') + (answered(link) ? ' is empty' : ' did not load'))
"""


class BrowserError(Exception):
    """A browser that is installed and does not start; says what it says itself."""


class Browser(ABC):
    """The browser of one person: a window whose cookies, storage and cache are its own."""

    # The name of the person, for failures.
    owner = ""

    def __init__(self, base_url: str) -> None:
        """Stand for a window that shows the site at `base_url`."""
        self._base_url = base_url

    @abstractmethod
    def open(self, address: str) -> None:
        """Open a path of the site, or a whole URL; return once it has loaded."""

    @abstractmethod
    def back(self) -> None:
        """Go back to what was open before."""

    @abstractmethod
    def click(self, css: str, nth: int = 0) -> None:
        """Press the element, or the `nth` of several from 0; a page that it leads to may have to load yet.

        Raises NoSuchElementException, or another WebDriverException where nobody could press it.
        """

    @abstractmethod
    def press(self, keys: str, css: str = "") -> None:
        """Press key after key in an element, or where the cursor is; a page that this leads to may have to load yet.

        Keys without a letter are those of `selenium.webdriver.common.keys`. Raises NoSuchElementException.
        """

    @abstractmethod
    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie of the site; None where there is none."""

    @abstractmethod
    def run_async(self, script: str) -> Any:
        """Return what a script of the page hands, sooner or later, to its last argument, a function."""

    @abstractmethod
    def set_cookies(self, cookies: dict[str, str], *, alone: bool = False) -> None:
        """Set cookies of the site, and have no others if they are to be alone; no page of it has to be open."""

    @abstractmethod
    def read(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns of the page, all of one moment.

        Raises NotReadyError while the page is being replaced or parsed, WebDriverException
        when it does not answer for as long as is waited for something to appear.
        """

    @abstractmethod
    def insert(self, text: str) -> None:
        """Put a text where the cursor is, at one go, with the events of real input."""

    @abstractmethod
    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in pixels, until the scenario ends."""

    @abstractmethod
    def address(self) -> str:
        """Return the address that the window is at, as the browser knows it: whatever the page is about."""

    @abstractmethod
    def source(self) -> str:
        """Return the page as it stands, whether it has loaded or not."""

    @abstractmethod
    def screenshot(self) -> bytes:
        """Return a picture of the page as it stands, as PNG."""

    @abstractmethod
    def console(self, since: float) -> list[str]:
        """Return what the console has said since a moment, in seconds since the epoch, with the page where it is known.

        There may be one console for all windows, which is emptied as it is read.
        """

    def enter(self, base_url: str, cookies: dict[str, str]) -> None:
        """Make ready for the site at `base_url`, with these cookies and no others."""
        self._base_url = base_url
        self.set_cookies(cookies, alone=True)

    def set_cookie(self, name: str, value: str) -> None:
        """Set a cookie of the site."""
        self.set_cookies({name: value})

    def url_of(self, address: str) -> str:
        """Return the whole URL of a path of the site; a whole URL as it is."""
        return self._base_url + address if address.startswith("/") else address

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns of a page that is not just being replaced."""
        return eventually(lambda: self.read(script, *arguments), lambda _: True, what="a page to read")

    @property
    def url(self) -> str:
        """The URL of the page that is open."""
        return str(self.run("return location.href"))

    @property
    def path(self) -> str:
        """The URL of the page that is open, within the site."""
        return self.url.removeprefix(self._base_url)

    @property
    def title(self) -> str:
        """The title of the page that is open."""
        return str(self.run("return document.title"))

    def exists(self, css: str) -> bool:
        """Tell whether an element is on the page, visible or not."""
        return bool(self.run(EXISTS, css))

    def texts(self, css: str) -> list[str]:
        """Return the texts of the visible elements, all of one moment."""
        texts: list[str] = self.run(VISIBLE_TEXTS, css)
        return texts

    def box(self, css: str) -> dict[str, float]:
        """Return where an element stands: x, y, width, height in CSS pixels."""
        box: dict[str, float] = self.run(BOX, css)
        return box

    def unloaded_stylesheets(self) -> list[str]:
        """Return the stylesheets that the page names and that do nothing, each with the reason."""
        names: list[str] = self.run(UNLOADED_STYLESHEETS)
        return names

    def fill(self, css: str, text: str) -> None:
        """Replace what a field says by `text`; raises NoSuchElementException.

        At one go: key by key, WebDriver takes 5 ms a key.
        """
        if not self.run(SELECT, css):
            raise NoSuchElementException(css)
        self.insert(text)


@dataclass(frozen=True)
class Installed:
    """Where a browser is on this machine, and its driver where it needs one; or the grid whose nodes have it."""

    binary: str = ""
    driver: str = ""
    grid: str = ""


class BrowserProcess(ABC):
    """One browser that runs, on this machine or elsewhere."""

    # The browser and its version, once it is driven.
    version: str
    # Which requests may go on, where they are filtered.
    rules: RequestRules | None = None

    def __init__(self) -> None:
        # Closed once it has ended.
        self._connections = ExitStack()

    @abstractmethod
    def prepare(self) -> None:
        """Do ahead what takes no site."""

    @abstractmethod
    def visit(self, base_url: str, *, read_only: bool, same_origin: bool) -> None:
        """Make ready for people to visit a site; before the first one, see to what they may not send."""

    @abstractmethod
    def open(self) -> Browser:
        """Return a clean browser that nobody else uses."""

    @abstractmethod
    def clean(self) -> None:
        """Take everyone's browser away: leave their pages, then clear what is stored."""

    @abstractmethod
    def end_at_once(self) -> object:
        """End it before it can send anything more."""

    @abstractmethod
    def kill(self) -> None:
        """End it without asking, and remove its files."""

    def refused_requests(self, *, waited_for: bool) -> str:
        """Say which requests were refused since this was asked last, or are in a moment; nothing where none was."""
        return self.rules.take_refused(waited_for=waited_for) if self.rules else ""

    def lost(self) -> str:
        """Say why the machine that it is on does not answer; nothing while it does, whatever became of the browser."""
        return ""

    def last_words(self) -> str:
        """Return what the browser has said of itself where that can be seen, as lines that follow a failure."""
        return ""


class Browsers(ABC):
    """The browsers of a run: one process at a time, and a clean state for each scenario."""

    # What the column of its results is called after the target's name; Chromium's has that name alone.
    column = ""

    def __init__(
        self, installed: Installed, *, headless: bool, sandbox: bool | None = None, authority: Path | None = None
    ) -> None:
        """Note how to start it, and which certificate authority to trust besides the usual ones.

        As root, as whom Chromium has no sandbox, it does without unless told otherwise.
        """
        # What browsers are driven by is spoken on this machine.
        bypass_proxies()
        self._installed, self._headless, self._authority = installed, headless, authority
        self._sandbox = os.geteuid() != 0 if sandbox is None else sandbox
        self._process: BrowserProcess | None = None
        self._base_url, self._read_only, self._same_origin = "", False, False

    @classmethod
    @abstractmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""

    @abstractmethod
    def new_process(self) -> BrowserProcess:
        """Start a process; raises BrowserError, and leaves nothing then."""

    @property
    def version(self) -> str:
        """The browser and its version, once it runs."""
        return self._process.version if self._process else ""

    def start(self, *, prepare: bool = False) -> None:
        """Start the browser ahead of its first use, and have it `prepare` for a site that may be sent anything.

        Raises BrowserError.
        """
        process = self._running()
        if prepare:
            with self._ended_on_error(process, "be prepared"):
                process.prepare()

    def _running(self) -> BrowserProcess:
        if self._process is None:
            remove_orphans()
            self._process = self.new_process()
        return self._process

    def visit(self, base_url: str, *, read_only: bool = False, same_origin: bool = False) -> None:
        """Make ready for people to visit the site at `base_url`; raises BrowserError.

        From a site that is `read_only` nothing is sent; else nothing but to the site's
        `same_origin`, wherever it leads, if so asked.
        """
        self._base_url, self._read_only, self._same_origin = base_url, read_only, same_origin
        process = self._running()
        with self._ended_on_error(process, f"visit {base_url}"):
            process.visit(base_url, read_only=read_only, same_origin=same_origin)

    @contextmanager
    def _ended_on_error(self, process: BrowserProcess, what: str) -> Iterator[None]:
        try:
            yield
        except BROWSER_GONE as error:
            reason = f"The browser cannot {what}: {first_line(error)}{process.last_words()}"
            self.kill()
            raise BrowserError(reason) from error

    def open(self) -> Browser:
        """Return a browser for one more person, until the scenario ends; raises BrowserError."""
        if self._process is None:
            self.visit(self._base_url, read_only=self._read_only, same_origin=self._same_origin)
        return self._running().open()

    def refused_requests(self, *, waited_for: bool = True) -> str:
        """Say which requests were refused since this was asked last, or are in a moment; nothing where none was."""
        return self._process.refused_requests(waited_for=waited_for) if self._process else ""

    def lost(self) -> str:
        """Say why the machine that the browser is on does not answer; nothing while it does."""
        return self._process.lost() if self._process else ""

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the browser while a person looks at it: a grid takes back what nobody seems to use."""
        over = Event()

        def touch() -> None:
            while not over.wait(TOUCHED_EVERY_S):
                self.lost()

        Thread(target=touch, daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def clean(self) -> None:
        """Take everyone's browser away and clean it.

        A browser that does not answer is replaced, and said to be.
        """
        try:
            if self._process:
                self._process.clean()
        except BROWSER_GONE as error:
            # Behave keeps what a hook prints to itself.
            print(f"The browser did not answer and is replaced: {first_line(error)}", file=sys.__stderr__)
            self.kill()

    def kill(self) -> None:
        """End the browser and its driver, whatever state they are in, without asking: they may not answer."""
        if self._process:
            self._process.kill()
            self._process = None


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says, or its name."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def first_on(search_path: str, names: tuple[str, ...]) -> str | None:
    """Return where the first of these programs is."""
    return next(filter(None, (shutil.which(name, path=search_path) for name in names)), None)
