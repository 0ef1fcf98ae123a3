"""Browser contexts: windows whose cookies, storage and cache are their own.

Each person in a scenario has one. They are made once a run and cleaned for each
scenario. Meanwhile they rest on a file of the site that runs no script: leaving
the site altogether would end its renderer, and a new one costs the next page 100 ms.
"""

import json
from base64 import b64decode
from typing import Any

from selenium.common.exceptions import WebDriverException

from acceptance.browsers.devtools import Command, DevTools
from acceptance.waiting import NotReadyError, eventually, limit

WINDOW_SIZE = (1280, 900)
RESTING_PLACE = "/static/superlists/icon.svg"
# Most scenarios have one person or two.
MADE_AT_START = 2
# A page that does not let itself be left costs a new browser, which is there sooner than in 30 s.
CLEANED_WITHIN_S = 5
# A busy machine takes its time for what costs a page nothing.
LEAST_PATIENCE_S = 2
STORED = "local_storage,indexeddb,cache_storage,service_workers,file_systems"
# A page that is still being parsed is not read, for half of it may be missing.
READ = "document.readyState === 'loading' ? {loading: true} : {read: (function () { %s }).apply(null, %s) ?? null}"
SOURCE = "document.documentElement.outerHTML"
BEING_REPLACED = ("Cannot find context", "Inspected target navigated or closed", "Execution context was destroyed")


class BrowserContext:
    """One context with its window; `window` is WebDriver's handle of it."""

    def __init__(self, devtools: DevTools, base_url: str) -> None:
        """Make the context, and rest."""
        self._devtools = devtools
        self._base_url = base_url
        self._resized = False
        self._id = devtools.send("Target.createBrowserContext", disposeOnDetach=True)["browserContextId"]
        place: dict[str, Any] = {"newWindow": True, "background": True, **_size()}
        made = devtools.send("Target.createTarget", url="about:blank", browserContextId=self._id, **place)
        self.window = made["targetId"]
        self._session = devtools.send("Target.attachToTarget", targetId=self.window, flatten=True)["sessionId"]
        self._resting = Command("Page.navigate", {"url": base_url + RESTING_PLACE}, self._session)
        devtools.send_all(Command("Inspector.enable", session=self._session), self._resting)

    def set_cookies(self, cookies: dict[str, str], *, alone: bool = False) -> None:
        """Set cookies of the site, and have no others if they are to be alone.

        No page of the site has to be open.
        """
        own = {"browserContextId": self._id}
        given = [{"name": name, "value": value, "url": f"{self._base_url}/"} for name, value in cookies.items()]
        clearing = [Command("Storage.clearCookies", own)] if alone else []
        self._devtools.send_all(*clearing, Command("Storage.setCookies", {"cookies": given, **own}))

    def read(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns of the page, all of one moment.

        Raises NotReadyError while the page is being replaced or parsed, NoAnswerError
        when it does not answer for as long as is waited for something to appear.
        """
        expression = READ % (script, json.dumps(arguments))
        try:
            with self._devtools.patience(max(limit(), LEAST_PATIENCE_S)):
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

    def source(self) -> str:
        """Return the page as it stands, whether it has loaded or not."""
        with self._devtools.patience(LEAST_PATIENCE_S):
            answer = self._send("Runtime.evaluate", expression=SOURCE, returnByValue=True)
        return str(answer["result"]["value"])

    def screenshot(self) -> bytes:
        """Return a picture of the page as it stands, as PNG."""
        with self._devtools.patience(LEAST_PATIENCE_S):
            return b64decode(self._send("Page.captureScreenshot")["data"])

    def insert(self, text: str) -> None:
        """Put a text where the cursor is, at one go, as an input method or a paste does."""
        self._send("Input.insertText", text=text)

    def bring_to_front(self) -> None:
        """Let this be the window that the browser shows first, and draws first."""
        self._devtools.send("Target.activateTarget", targetId=self.window)

    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in pixels, until the scenario ends."""
        self._resized = True
        self._set_size({"width": width, "height": height})

    def clean(self) -> None:
        """Leave the page, then forget all that was stored but the cookies.

        In this order, for a page that is still open can store something again.
        Cookies are forgotten as the next ones are set: even the answer to a request
        that was still under way could bring one meanwhile.
        Raises WebDriverException when the page has crashed.
        """
        targets, _ = self._devtools.send_all(Command("Target.getTargets"), self._resting)
        self._close_others(targets)
        stored = {"origin": self._base_url, "storageTypes": STORED}
        self._devtools.send_all(
            Command("Network.clearBrowserCache", session=self._session),
            # Answered by the renderer, which by then is done with the page that was left.
            Command("Runtime.evaluate", {"expression": "1"}, self._session),
        )
        self._devtools.send_all(Command("Storage.clearDataForOrigin", stored, self._session))
        if self._resized:
            self._set_size(_size())
            self._resized = False

    def _close_others(self, targets: dict[str, Any]) -> None:
        """Close the windows that a page opened; return once they are gone."""
        others = self._others(targets)
        for other in others:
            self._devtools.send("Target.closeTarget", targetId=other)
        if others:
            eventually(
                lambda: self._others(self._devtools.send("Target.getTargets")),
                lambda left: not left,
                what="the end of the windows that a page opened",
            )

    def _others(self, targets: dict[str, Any]) -> list[str]:
        pages = [info for info in targets["targetInfos"] if info["type"] == "page"]
        mine = [info["targetId"] for info in pages if info.get("browserContextId") == self._id]
        return [target for target in mine if target != self.window]

    def _set_size(self, size: dict[str, int]) -> None:
        window = self._devtools.send("Browser.getWindowForTarget", targetId=self.window)["windowId"]
        self._devtools.send("Browser.setWindowBounds", windowId=window, bounds=size)

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._devtools.send(method, session=self._session, **parameters)


def _size() -> dict[str, int]:
    return dict(zip(("width", "height"), WINDOW_SIZE, strict=True))


class Contexts:
    """The contexts of a run: some in use, the others clean."""

    def __init__(self, devtools: DevTools, base_url: str) -> None:
        """Make the first ones."""
        self._devtools = devtools
        self._base_url = base_url
        self.made = [self._make() for _ in range(MADE_AT_START)]
        self._in_use = 0

    def _make(self) -> BrowserContext:
        return BrowserContext(self._devtools, self._base_url)

    def take(self) -> BrowserContext:
        """Return a clean context that nobody else uses."""
        if self._in_use == len(self.made):
            self.made.append(self._make())
        self._in_use += 1
        return self.made[self._in_use - 1]

    def clean(self) -> None:
        """Clean those that are in use; nobody uses them any more."""
        with self._devtools.patience(CLEANED_WITHIN_S):
            while self._in_use:
                self._in_use -= 1
                self.made[self._in_use].clean()
