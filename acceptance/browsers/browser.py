"""One person's browser: what pages do with it, in as few commands as can be.

What people do goes through WebDriver. What is on a page is read by one script a
question, so that a reading is of one moment and never of an element that has just
been replaced; DevTools runs it in a fifth of the time that WebDriver takes.
"""

from typing import Any

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from acceptance.browsers.browser_contexts import BrowserContext
from acceptance.browsers.devtools import DevTools
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
if (links.length === 0) return ['(the page asks for none)'];
return links.filter(link => !link.sheet || link.sheet.cssRules.length === 0)
            .map(link => link.getAttribute('href'))
"""


class Windows:
    """One WebDriver session, which has one window at a time before it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        """Begin with the window that the session opened by itself."""
        self._driver = driver
        self._current = self._first = driver.current_window_handle
        self.debugger_address = str(driver.capabilities["goog:chromeOptions"]["debuggerAddress"])
        self.devtools = DevTools(self.debugger_address)

    def focused_on(self, window: str) -> webdriver.Chrome:
        """Return the driver, with this window before it."""
        if window != self._current:
            self._driver.switch_to.window(window)
            self._current = window
        return self._driver

    def ask(self) -> None:
        """Ask WebDriver for as little as can be; raises an error if it is gone."""
        self._current = self._driver.current_window_handle

    def address(self, window: str) -> str:
        """Return the address that a window is at."""
        return str(self.devtools.send("Target.getTargetInfo", targetId=window)["targetInfo"]["url"])

    def close_the_first(self) -> None:
        """Close the window that nobody uses; drawing it takes its share of the machine."""
        self.devtools.send("Target.closeTarget", targetId=self._first)

    def quit(self) -> None:
        """End the session, and its browser."""
        self.devtools.close()
        self._driver.quit()


class Browser:
    """The browser of one person."""

    def __init__(self, windows: Windows, context: BrowserContext) -> None:
        """Show the window of `context`."""
        self._windows = windows
        self._context = context
        self._base_url = ""

    @property
    def driver(self) -> webdriver.Chrome:
        """WebDriver, with this person's window before it."""
        return self._windows.focused_on(self._context.window)

    def enter(self, base_url: str, cookies: dict[str, str]) -> None:
        """Make ready for the site at `base_url`, with these cookies and no others."""
        self._base_url = base_url
        self._context.set_cookies(cookies, alone=True)

    def set_cookie(self, name: str, value: str) -> None:
        """Set a cookie of the site; no page of it has to be open."""
        self._context.set_cookies({name: value})

    def open(self, address: str) -> None:
        """Open a path of the site, or a whole URL; return once it has loaded."""
        self.driver.get(self._base_url + address if address.startswith("/") else address)

    @property
    def url(self) -> str:
        """The address of the page that is open."""
        return str(self.run("return location.href"))

    @property
    def address(self) -> str:
        """The same, as the browser knows it: whatever the page is about."""
        return self._windows.address(self._context.window)

    @property
    def source(self) -> str:
        """The page as it stands, whether it has loaded or not."""
        return self._context.source()

    def screenshot(self) -> bytes:
        """Return a picture of the page as it stands, as PNG."""
        return self._context.screenshot()

    @property
    def path(self) -> str:
        """The address of the page that is open, within the site."""
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
        """Return the stylesheets that the page names and the browser does not have."""
        names: list[str] = self.run(UNLOADED_STYLESHEETS)
        return names

    def fill(self, css: str, text: str) -> None:
        """Let a field say `text`; raises NoSuchElementException.

        At one go, with the events of real input: key by key, WebDriver takes 5 ms a key.
        """
        if not self.run(SELECT, css):
            raise NoSuchElementException(css)
        self._context.insert(text)

    def element(self, css: str) -> WebElement:
        """Return an element to act on; raises NoSuchElementException."""
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def elements(self, css: str) -> list[WebElement]:
        """Return all such elements to act on, in the order of the page."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def run(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns of a page that is not just being replaced."""
        return eventually(lambda: self._context.read(script, *arguments), lambda _: True, what="a page to read")

    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in pixels, until the scenario ends."""
        self._context.resize(width, height)

    def console(self, since: float) -> list[str]:
        """Return what the console has said since a moment, in seconds since the epoch.

        Chromium keeps one console for all windows; each line names its page.
        """
        entries: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [f"{entry['level']} {entry['message']}" for entry in entries if entry["timestamp"] >= since * 1000]
