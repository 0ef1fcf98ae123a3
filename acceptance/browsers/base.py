"""The contract of every browser: what pages and evidence need of one person's, what hooks need of the run's.

What is on a page is read by one script a question, so that a reading is of one
moment and never of an element that has just been replaced.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from acceptance.waiting import eventually

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

    @property
    @abstractmethod
    def driver(self) -> WebDriver:
        """WebDriver, with this person's window before it."""

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
        """Return what the console has said since a moment, in seconds since the epoch; each line names its page.

        There may be one console for all windows, which is emptied as it is read.
        """

    def enter(self, base_url: str, cookies: dict[str, str]) -> None:
        """Make ready for the site at `base_url`, with these cookies and no others."""
        self._base_url = base_url
        self.set_cookies(cookies, alone=True)

    def set_cookie(self, name: str, value: str) -> None:
        """Set a cookie of the site."""
        self.set_cookies({name: value})

    def open(self, address: str) -> None:
        """Open a path of the site, or a whole URL; return once it has loaded."""
        self.driver.get(self._base_url + address if address.startswith("/") else address)

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

    def element(self, css: str) -> WebElement:
        """Return an element to act on; raises NoSuchElementException."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def elements(self, css: str) -> list[WebElement]:
        """Return all such elements to act on, in the order of the page."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)


@dataclass(frozen=True)
class Installed:
    """Where a browser and its driver are on this machine."""

    binary: str
    driver: str


class Browsers(Protocol):
    """The browsers of a run: one process at a time, and a clean state for each scenario."""

    def __init__(
        self, installed: Installed, *, headless: bool, sandbox: bool | None = None, authority: Path | None = None
    ) -> None:
        """Note how to start it, and which certificate authority to trust besides the usual ones."""

    @classmethod
    def find(cls, search_path: str, *, headless: bool = True) -> Installed:
        """Return the browser and driver on `search_path`; raises LookupError with what to do."""

    @classmethod
    def cannot_trust(cls, authority: Path, search_path: str) -> str:
        """Return why a browser could not be told of this certificate authority; nothing when it could."""

    @property
    def version(self) -> str:
        """The browser and its version, once it runs."""

    def start(self) -> None:
        """Start the browser ahead of its first use, once what killed runs left is gone; raises BrowserError."""

    def visit(self, base_url: str, *, read_only: bool = False, same_origin: bool = False) -> None:
        """Make ready for people to visit the site at `base_url`; raises BrowserError.

        From a site that is `read_only` nothing is sent; else nothing but to the site's
        `same_origin`, wherever it leads, if so asked.
        """

    def open(self) -> Browser:
        """Return a browser for one more person, until the scenario ends; raises BrowserError."""

    def refused_requests(self) -> str:
        """Say which requests were refused since this was asked last; nothing where none was."""

    def clean(self) -> None:
        """Take everyone's browser away: leave their pages, then clear what is stored.

        A browser that does not answer is replaced, and said to be.
        """

    def quit(self) -> None:
        """End the browser and its driver, whatever state they are in."""

    def kill(self) -> None:
        """End them without asking: for a browser that may not answer."""
