"""A browser's own DevTools connection, for what WebDriver does not offer.

WebDriver has no isolated contexts, and cannot set a cookie before the first page.
"""

import json
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any
from urllib.request import urlopen

import websocket
from selenium.common.exceptions import WebDriverException


class DevTools:
    """The connection to one browser process; any thread may use it."""

    def __init__(self, address: str) -> None:
        """Connect to the debugger at `address` (host:port)."""
        with urlopen(f"http://{address}/json/version", timeout=5) as answer:
            url = json.load(answer)["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(url, timeout=5, suppress_origin=True)
        self._ids = count(1)
        self._turn = Lock()

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return a command's result; raises WebDriverException with its error."""
        with self._turn:
            request = next(self._ids)
            self._socket.send(json.dumps({"id": request, "method": method, "params": parameters}))
            # Events that come in between are for nobody here.
            while (answer := json.loads(self._socket.recv())).get("id") != request:
                continue
        if "error" in answer:
            raise WebDriverException(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def new_context(self, width: int, height: int) -> "BrowserContext":
        """Return a context with one empty window of this size, in pixels."""
        context = self.send("Target.createBrowserContext", disposeOnDetach=True)["browserContextId"]
        window = {"newWindow": True, "background": True, "width": width, "height": height}
        target = self.send("Target.createTarget", url="about:blank", browserContextId=context, **window)
        return BrowserContext(self, context, target["targetId"])

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


@dataclass(frozen=True)
class BrowserContext:
    """A window whose cookies, storage and cache are its own; `window` is WebDriver's handle of it."""

    devtools: DevTools
    id: str
    window: str

    def set_cookie(self, name: str, value: str, url: str) -> None:
        """Set a cookie for the site at `url`."""
        cookie = {"name": name, "value": value, "url": url}
        self.devtools.send("Storage.setCookies", cookies=[cookie], browserContextId=self.id)

    def close(self) -> None:
        """Close all its windows and forget all they stored."""
        self.devtools.send("Target.disposeBrowserContext", browserContextId=self.id)
