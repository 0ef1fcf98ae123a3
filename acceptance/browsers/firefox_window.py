"""One person's window of Firefox: a user context of its own, which goes with all that is stored in it."""

import json
from base64 import b64decode
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    UnexpectedAlertPresentException,
    WebDriverException,
)

from acceptance.browsers.base import Browser
from acceptance.browsers.bidi_connection import BidiConnection
from acceptance.browsers.devtools import Command
from acceptance.waiting import NotReadyError, limit

# A busy machine takes its time for what costs a page nothing.
LEAST_TIMEOUT_S = 2
# What a script waits for at most.
SCRIPT_TIMEOUT_S = 10
# A page that is still being parsed is not read, for half of it may be missing.
READ = (
    "JSON.stringify(document.readyState === 'loading' ? {loading: true}"
    " : {read: (function () { %s }).apply(null, %s) ?? null})"
)
READ_LATER = "new Promise(done => (function () { %s }).apply(null, [done])).then(read => JSON.stringify({read}))"
SOURCE = "JSON.stringify({read: document.documentElement.outerHTML})"
BEING_REPLACED = ("no such frame", "AbortError", "DiscardedBrowsingContextError")
INSERT = "document.execCommand('insertText', false, arguments[0])"
# What a script returns, and whether the page has the keyboard.
FOCUSED = "return {focused: document.hasFocus(), read: (function () { %s }).apply(null, arguments) ?? null}"
FOCUS = """
const element = document.querySelector(arguments[0]);
if (element && element !== document.activeElement) {
  element.focus();
  try { element.setSelectionRange(element.value.length, element.value.length); }
  catch { /* Not of every kind of field. */ }
}
return element !== null
"""
# Where to press: the middle of the element, and what is in front of it there.
PRESSED = """
const element = document.querySelectorAll(arguments[0])[arguments[1]];
if (!element) return null;
element.scrollIntoView({behavior: 'instant', block: 'nearest', inline: 'nearest'});
const box = element.getClientRects()[0];
if (!box || !element.checkVisibility({visibilityProperty: true})) return {};
const [x, y] = [Math.floor(box.left + box.width / 2), Math.floor(box.top + box.height / 2)];
const front = document.elementFromPoint(x, y);
return {x, y, behind: element.contains(front) ? '' : front?.cloneNode().outerHTML ?? 'the edge of the window'}
"""
MOUSE = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
KEYBOARD = {"type": "key", "id": "keyboard"}


class Windows:
    """What a browser tells of all its windows: which are on their way to another page, and what the console says."""

    def __init__(self, connection: BidiConnection) -> None:
        self._connection = connection
        # The window that is there from the start, and that nobody uses.
        self.idle = str(connection.contexts.get_tree(max_depth=0)[0].context)
        # The window that was last given the keyboard, as far as is known: a page may open another.
        self.active = self.idle
        self._under_way: dict[str, str] = {}
        # When, in milliseconds since the epoch, and the line.
        self.said: list[tuple[float, str]] = []
        self._next: tuple[str, int] | None = None
        connection.log.add_event_handler("entry_added", self._note)
        # What dialogs that are open say, by window.
        self.dialogs: dict[str, str] = {}
        connection.contexts.add_event_handler("user_prompt_opened", self._open_dialog)
        connection.contexts.add_event_handler("user_prompt_closed", self._close_dialog)
        connection.contexts.add_event_handler("navigation_started", self._begin)
        for end in ("load", "navigation_failed", "download_will_begin"):
            connection.contexts.add_event_handler(end, self._end)

    def _begin(self, event: Any) -> None:
        self._under_way[event.context] = event.navigation

    def _end(self, event: Any) -> None:
        # Frames tell of loads that nobody began.
        if event.navigation and self._under_way.get(event.context) == event.navigation:
            del self._under_way[event.context]

    def _open_dialog(self, event: Any) -> None:
        self.dialogs[event.context] = event.message

    def _close_dialog(self, event: Any) -> None:
        self.dialogs.pop(event.context, None)

    def _note(self, entry: Any) -> None:
        # A message of the browser's own has no place.
        frames = (entry.get("stackTrace") or {}).get("callFrames") or [{"url": "(no page)"}]
        self.said.append((entry["timestamp"], f"{entry['level'].upper()} {frames[0]['url']} {entry['text']}"))

    def forget(self) -> None:
        """Forget windows that are no more, and what was said in them."""
        for told in (self._under_way, self.dialogs, self.said):
            told.clear()

    def take_next(self) -> tuple[str, int]:
        """Return a new user context, and the number of the command that makes its tab."""
        self.make_next()
        taken, self._next = self._next, None
        assert taken  # noqa: S101 - just made
        return taken

    def make_next(self) -> None:
        """Make the next user context ahead, and begin its tab, which takes its time while the scenario goes on."""
        if not self._next:
            user = self._connection.browser.create_user_context()
            tab = {"type": "tab", "background": True, "userContext": user}
            self._next = user, self._connection.begin(Command("browsingContext.create", tab))

    def wait_until_loaded(self, window: str) -> None:
        """Return once a window is on its way nowhere; raises NoAnswerError."""
        self._connection.wait_until(lambda: window not in self._under_way, what="end of a page that loads")


class FirefoxWindow(Browser):
    """One tab in a user context of its own."""

    def __init__(self, connection: BidiConnection, windows: Windows, base_url: str) -> None:
        super().__init__(base_url)
        self._connection, self._windows = connection, windows
        self.user, self._tab = windows.take_next()
        self._partition = {"partition": {"type": "storageKey", "userContext": self.user}}
        # Ends the user context, and all that is stored in it.
        self.removal = Command("browser.removeUserContext", {"userContext": self.user})

    @cached_property
    def _window(self) -> str:
        return str(self._connection.answer(self._tab)["context"])

    def open(self, address: str) -> None:
        self._connection.contexts.navigate(context=self._window, url=self.url_of(address), wait="complete")
        self._windows.make_next()

    def back(self) -> None:
        self._connection.contexts.traverse_history(context=self._window, delta=-1)

    def click(self, css: str, nth: int = 0) -> None:
        """Press an element in its middle."""
        place = self._run_focused(PRESSED, css, nth)
        if place is None:
            raise NoSuchElementException(css)
        if "x" not in place:
            raise ElementNotInteractableException(f"{css} cannot be seen")
        if place["behind"]:
            raise ElementClickInterceptedException(f"{css} is behind {place['behind']}")
        move = {"type": "pointerMove", "x": place["x"], "y": place["y"]}
        self._act(MOUSE, [move, *({"type": f"pointer{way}", "button": 0} for way in ("Down", "Up"))])

    def press(self, keys: str, css: str = "") -> None:
        if not self._run_focused(FOCUS if css else "return true", css):
            raise NoSuchElementException(css)
        self._act(KEYBOARD, [{"type": f"key{way}", "value": key} for key in keys for way in ("Down", "Up")])

    def _run_focused(self, script: str, *arguments: Any) -> Any:
        """Return what a script returns of the page, once it has loaded and has the keyboard.

        Another window may have it, or the address bar, where Tab leads in the end.
        """
        self._windows.wait_until_loaded(self._window)
        if self._windows.active != self._window:
            self._activate()
        answer = self.run(FOCUSED % script, *arguments)
        if answer["focused"]:
            return answer["read"]
        self._connection.contexts.activate(self._windows.idle)
        self._connection.contexts.activate(self._window)
        return self.run(script, *arguments)

    def _activate(self) -> None:
        self._connection.contexts.activate(self._window)
        self._windows.active = self._window

    def _act(self, device: dict[str, Any], actions: list[dict[str, Any]]) -> None:
        self._connection.input.perform_actions(context=self._window, actions=[device | {"actions": actions}])

    def cookie(self, name: str) -> str | None:
        (found,) = self._connection.send_all(
            Command("storage.getCookies", {"filter": {"name": name}} | self._partition)
        )
        return next((str(cookie["value"]["value"]) for cookie in found["cookies"]), None)

    def set_cookies(self, cookies: dict[str, str], *, alone: bool = False) -> None:
        site = {"domain": urlsplit(self._base_url).hostname, "path": "/"}
        values = [{"name": name, "value": {"type": "string", "value": value}} for name, value in cookies.items()]
        clearing = [Command("storage.deleteCookies", self._partition)] if alone else []
        setting = [Command("storage.setCookie", {"cookie": value | site} | self._partition) for value in values]
        self._connection.send_all(*clearing, *setting)

    def read(self, script: str, *arguments: Any) -> Any:
        with self._connection.timeout(max(limit(), LEAST_TIMEOUT_S)):
            read = self._evaluate(READ % (script, json.dumps(arguments)))
        if read.get("loading"):
            raise NotReadyError("the page is still loading")
        return read["read"]

    def run_async(self, script: str) -> Any:
        with self._connection.timeout(SCRIPT_TIMEOUT_S):
            return self._evaluate(READ_LATER % script, await_promise=True)["read"]

    def _evaluate(self, expression: str, *, await_promise: bool = False) -> Any:
        """Return what an expression is, which makes text of itself as JSON."""
        if (dialog := self._windows.dialogs.get(self._window)) is not None:
            # Firefox itself would answer behind it.
            raise UnexpectedAlertPresentException(f"A dialog is open: {dialog!r}")
        target = {"context": self._window}
        try:
            answer = self._connection.script.evaluate(expression, target, await_promise)
        except WebDriverException as error:
            if any(words in str(error.msg) for words in BEING_REPLACED):
                raise NotReadyError("the page is being replaced") from error
            raise
        if answer["type"] == "exception":
            raise WebDriverException(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def insert(self, text: str) -> None:
        """Put a text where the cursor is, as a paste does."""
        self.read(INSERT, text)

    def address(self) -> str:
        (tree,) = self._connection.contexts.get_tree(max_depth=0, root=self._window)
        return str(tree.url)

    def source(self) -> str:
        with self._connection.timeout(LEAST_TIMEOUT_S):
            return str(self._evaluate(SOURCE)["read"])

    def screenshot(self) -> bytes:
        with self._connection.timeout(LEAST_TIMEOUT_S):
            return b64decode(self._connection.contexts.capture_screenshot(self._window))

    def console(self, since: float) -> list[str]:
        """Return what the console of all windows has said since."""
        return [line for at, line in self._windows.said if at >= since * 1000]

    def resize(self, width: int, height: int) -> None:
        """Make the page's part of the window this large."""
        # In the background, Firefox would wait for a second.
        self._activate()
        self._connection.contexts.set_viewport(context=self._window, viewport={"width": width, "height": height})
