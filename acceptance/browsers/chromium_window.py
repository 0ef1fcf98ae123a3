"""Chromium's browser contexts: one for each person, made once a run and cleaned for each scenario.

What people do goes through WebDriver; DevTools reads a page in a fifth of the time.
Between scenarios a context rests on a page of the site that runs no script: leaving the
site altogether would end its renderer, and a new one costs the next page 40 ms.
"""

import json
from base64 import b64decode
from typing import Any

from selenium.common.exceptions import NoSuchElementException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from acceptance.browsers.base import WINDOW_SIZE, Browser
from acceptance.browsers.devtools import Command, DevTools
from acceptance.project import project
from acceptance.waiting import NotReadyError, eventually, limit

# A page that does not let itself be left costs a new browser, which is there sooner than in 30 s.
CLEANED_WITHIN_S = 5
# A busy machine takes its time for what costs a page nothing.
LEAST_TIMEOUT_S = 2
STORED = "local_storage,indexeddb,cache_storage,service_workers,file_systems"
# A page that is still being parsed is not read, for half of it may be missing.
READ = "document.readyState === 'loading' ? {loading: true} : {read: (function () { %s }).apply(null, %s) ?? null}"
SOURCE = "document.documentElement.outerHTML"
BEING_REPLACED = ("Cannot find context", "Inspected target navigated or closed", "Execution context was destroyed")


class DriverSession:
    """One WebDriver session, which has one window at a time before it, and the browser's own DevTools."""

    def __init__(self, driver: WebDriver, devtools_url: str) -> None:
        """Begin with the window that the session opened by itself."""
        self._driver = driver
        self._current = self.first_window = driver.current_window_handle
        self.devtools = DevTools(devtools_url)

    def focused_on(self, window: str) -> WebDriver:
        """Return the driver, with this window before it."""
        if window != self._current:
            self._driver.switch_to.window(window)
            self._current = window
        return self._driver

    def check(self) -> None:
        """Ask WebDriver for as little as can be; raises an error if it is gone."""
        self._current = self._driver.current_window_handle


class ChromiumBrowser(Browser):
    """One context with its window; `window` is WebDriver's handle of it."""

    def __init__(self, session: DriverSession) -> None:
        """Make the context, whose window shows nothing yet."""
        super().__init__("")
        self._session = session
        self._devtools = devtools = session.devtools
        self._opened = self._resized = self._clicked = False
        self._context = devtools.send("Target.createBrowserContext", disposeOnDetach=True)["browserContextId"]
        place: dict[str, Any] = {"browserContextId": self._context, "newWindow": True, "background": True} | WINDOW_SIZE
        self.window = devtools.send("Target.createTarget", url="about:blank", **place)["targetId"]
        self._page = devtools.send("Target.attachToTarget", targetId=self.window, flatten=True)["sessionId"]
        devtools.send("Inspector.enable", session=self._page)
        self._mouse_away = Command("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": -1, "y": -1}, self._page)

    def rest_at(self, base_url: str) -> Command:
        """Return what shows the page of this site on which the window rests between scenarios, from now on."""
        self._base_url = base_url
        self.leaving = Command("Page.navigate", {"url": base_url + project().resting_path}, self._page)
        return self.leaving

    @property
    def driver(self) -> WebDriver:
        """WebDriver, with this window before it."""
        return self._session.focused_on(self.window)

    def open(self, address: str) -> None:
        self.driver.get(self.url_of(address))
        if not self._opened:
            # Chromium takes the mouse to be in the corner of a window before its first move: it would hover there.
            self._devtools.send_all(self._mouse_away)
            self._opened = True

    def back(self) -> None:
        self.driver.back()

    def click(self, css: str, nth: int = 0) -> None:
        self._clicked = True
        self._element(css, nth).click()

    def press(self, keys: str, css: str = "") -> None:
        (self._element(css) if css else self.driver.switch_to.active_element).send_keys(keys)

    def _element(self, css: str, nth: int = 0) -> WebElement:
        found = self.driver.find_elements(By.CSS_SELECTOR, css)
        if nth >= len(found):
            raise NoSuchElementException(css)
        return found[nth]

    def cookie(self, name: str) -> str | None:
        found = self.driver.get_cookie(name)
        return str(found["value"]) if found else None

    def run_async(self, script: str) -> Any:
        return self.driver.execute_async_script(script)

    def set_cookies(self, cookies: dict[str, str], *, alone: bool = False) -> None:
        own = {"browserContextId": self._context}
        values = [{"name": name, "value": value, "url": f"{self._base_url}/"} for name, value in cookies.items()]
        clearing = [Command("Storage.clearCookies", own)] if alone else []
        self._devtools.send_all(*clearing, Command("Storage.setCookies", {"cookies": values, **own}))

    def read(self, script: str, *arguments: Any) -> Any:
        expression = READ % (script, json.dumps(arguments))
        try:
            with self._devtools.timeout(max(limit(), LEAST_TIMEOUT_S)):
                answer = self._send("Runtime.evaluate", expression=expression, returnByValue=True)
        except WebDriverException as error:
            if any(words in str(error.msg) for words in BEING_REPLACED):
                raise NotReadyError("the page is being replaced") from error
            raise
        if "exceptionDetails" in answer:
            raise WebDriverException(answer["exceptionDetails"]["exception"]["description"])
        if answer["result"]["value"].get("loading"):
            raise NotReadyError("the page is still loading")
        return answer["result"]["value"]["read"]

    def insert(self, text: str) -> None:
        """Put a text where the cursor is, as an input method or a paste does."""
        self._send("Input.insertText", text=text)

    def address(self) -> str:
        return str(self._devtools.send("Target.getTargetInfo", targetId=self.window)["targetInfo"]["url"])

    def source(self) -> str:
        with self._devtools.timeout(LEAST_TIMEOUT_S):
            answer = self._send("Runtime.evaluate", expression=SOURCE, returnByValue=True)
        return str(answer["result"]["value"])

    def screenshot(self) -> bytes:
        with self._devtools.timeout(LEAST_TIMEOUT_S):
            return b64decode(self._send("Page.captureScreenshot")["data"])

    def console(self, since: float) -> list[str]:
        """Return what the console of all windows has said since."""
        # Selenium has a method for it only where the browser is on this machine.
        entries: list[dict[str, Any]] = self.driver.execute("getLog", {"type": "browser"})["value"]
        return [f"{entry['level']} {entry['message']}" for entry in entries if entry["timestamp"] >= since * 1000]

    def resize(self, width: int, height: int) -> None:
        self._resized = True
        self._set_size({"width": width, "height": height})

    def clearing(self) -> tuple[Command, ...]:
        """Return what clears the cache, takes the mouse away, and tells once the page that was left is done with."""
        clicked, self._clicked = self._clicked, False
        return (
            # It would hover over what lies there on the next one's pages. It is answered with the next frame.
            *([self._mouse_away] if clicked else ()),
            Command("Network.clearBrowserCache", session=self._page),
            # Answered by the renderer, which has sent what the page sends as it is left.
            Command("Runtime.evaluate", {"expression": "name = ''"}, self._page),
        )

    def clearing_storage(self) -> tuple[Command, ...]:
        """Return what forgets the pages before, and all that was stored but the cookies.

        These are forgotten as the next ones are set: the answer to a late request could bring one meanwhile.
        """
        stored = {"origin": self._base_url, "storageTypes": STORED}
        return (
            Command("Page.resetNavigationHistory", session=self._page),
            Command("Storage.clearDataForOrigin", stored, self._page),
        )

    def restore_size(self) -> None:
        """Make the window as large as it was."""
        if self._resized:
            self._set_size(WINDOW_SIZE)
            self._resized = False

    def close_others(self, targets: dict[str, Any]) -> None:
        """Close the windows that a page opened; return once they are gone, and have not led this one elsewhere."""
        for other in (others := self._others(targets)):
            self._devtools.send("Target.closeTarget", targetId=other)
        if others:
            eventually(
                lambda: self._others(self._devtools.send("Target.getTargets")),
                lambda left: not left,
                what="the end of the windows that a page opened",
            )
            self._devtools.send_all(self.leaving)

    def _others(self, targets: dict[str, Any]) -> list[str]:
        pages = [info for info in targets["targetInfos"] if info["type"] == "page"]
        mine = [info["targetId"] for info in pages if info.get("browserContextId") == self._context]
        return [target for target in mine if target != self.window]

    def _set_size(self, size: dict[str, int]) -> None:
        window = self._devtools.send("Browser.getWindowForTarget", targetId=self.window)["windowId"]
        self._devtools.send("Browser.setWindowBounds", windowId=window, bounds=size)

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._devtools.send(method, session=self._page, **parameters)


class ContextPool:
    """The browsers of a run's people: some in use, the others clean."""

    def __init__(self, session: DriverSession, people: int) -> None:
        """Make those of the first people; whoever comes later waits for theirs."""
        self._session = session
        self._base_url = ""
        self._made = [ChromiumBrowser(session) for _ in range(people)]
        self._in_use = 0
        for browser in reversed(self._made):
            # WebDriver takes 100 ms to get to know a window.
            session.focused_on(browser.window)
        session.devtools.send("Target.activateTarget", targetId=self._made[0].window)
        # Nobody uses the session's own window, and drawing it takes its share of the machine.
        session.devtools.send("Target.closeTarget", targetId=session.first_window)

    def visit(self, base_url: str) -> None:
        """Have all rest on this site, and show a page ahead.

        So that the first scenario is not the one to wait for renderer, fonts and connections.
        """
        self._base_url = base_url
        for browser in self._made:
            browser.rest_at(base_url)
        self._in_use = len(self._made)
        self._made[0].open("/")
        self.clean()

    def take(self) -> ChromiumBrowser:
        """Return a clean browser that nobody else uses."""
        if self._in_use == len(self._made):
            self._made.append(browser := ChromiumBrowser(self._session))
            self._session.devtools.send_all(browser.rest_at(self._base_url))
        self._in_use += 1
        return self._made[self._in_use - 1]

    def clean(self) -> None:
        """Clean those that are in use, all at once; nobody uses them any more.

        First the pages are left, for one that is still open can store something again.
        Raises WebDriverException when one has crashed.
        """
        used, self._in_use = self._made[: self._in_use], 0
        devtools = self._session.devtools
        with devtools.timeout(CLEANED_WITHIN_S):
            leaving = devtools.begin(Command("Target.getTargets"), *(browser.leaving for browser in used))
            # It asks the driver, while the browser is at work.
            self._session.check()
            targets, *_ = devtools.results(leaving)
            for browser in used:
                browser.close_others(targets)
            devtools.send_all(*(command for browser in used for command in browser.clearing()))
            devtools.send_all(*(command for browser in used for command in browser.clearing_storage()))
            for browser in used:
                browser.restore_size()
