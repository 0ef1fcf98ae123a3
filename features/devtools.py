"""A browser's own DevTools connection, for what WebDriver does not offer or does slowly.

WebDriver has no isolated contexts and cannot set a cookie before the first page;
and it waits, after each command, for a page to load that nobody is going to read.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.request import urlopen

import websocket
from selenium.common.exceptions import WebDriverException

Command = tuple[str, dict[str, Any]]


class DevTools:
    """The connection to one browser process."""

    def __init__(self, address: str) -> None:
        """Connect to the debugger at `address` (host:port)."""
        with urlopen(f"http://{address}/json/version", timeout=5) as answer:
            url = json.load(answer)["webSocketDebuggerUrl"]
        self._socket = websocket.create_connection(url, timeout=5, suppress_origin=True)
        self._ids = count(1)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return a command's result; raises WebDriverException with its error."""
        return self.send_all([(method, parameters)])[0]

    def send_all(self, commands: Iterable[Command], session: str | None = None) -> list[dict[str, Any]]:
        """Send the commands at once, to a page's session or to the browser; return their results."""
        methods = {}
        for method, parameters in commands:
            request = {"id": next(self._ids), "method": method, "params": parameters}
            methods[request["id"]] = method
            self._socket.send(json.dumps(request | ({"sessionId": session} if session else {})))
        return self._results(methods)

    def _results(self, methods: dict[Any, str]) -> list[dict[str, Any]]:
        """Return the results in the order of the requests; events in between are not for us."""
        results: dict[Any, dict[str, Any]] = {}
        while len(results) < len(methods):
            answer = json.loads(self._socket.recv())
            request = answer.get("id")
            if "error" in answer:
                raise WebDriverException(f"{methods.get(request)}: {answer['error']['message']}")
            if request in methods:
                results[request] = answer["result"]
        return [results[request] for request in methods]

    def page(self, target: str) -> "PageSession":
        """Return a session with one page; a WebDriver window's handle is its target's id."""
        return PageSession(self, self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


@dataclass(frozen=True)
class PageSession:
    """DevTools for one page."""

    devtools: DevTools
    session: str

    def send(self, *commands: Command) -> None:
        """Send the commands at once; return when all are done."""
        self.devtools.send_all(commands, self.session)
