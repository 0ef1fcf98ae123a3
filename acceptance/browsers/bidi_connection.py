"""A browser's WebDriver BiDi, through Selenium's modules, on the browser's own socket."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Condition, local
from time import monotonic
from typing import Any

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.bidi.browser import Browser
from selenium.webdriver.common.bidi.browsing_context import BrowsingContext
from selenium.webdriver.common.bidi.input import Input
from selenium.webdriver.common.bidi.log import Log
from selenium.webdriver.common.bidi.network import Network
from selenium.webdriver.common.bidi.script import Script
from selenium.webdriver.common.bidi.session import Session
from selenium.webdriver.remote.websocket_connection import WebSocketConnection
from websocket import WebSocketConnectionClosedException

from acceptance.browsers.devtools import TIMEOUT_S, Command, NoAnswerError

# How often is looked whether a browser that does not answer still lives.
ALIVE_S = 0.05
# Firefox holds a message back until the one before is acknowledged, for which Linux, unless told, takes up to 40 ms.
QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)


class BidiConnection(WebSocketConnection):
    """The connection to one browser, with a session.

    An answer is there as soon as it comes, and events are heeded in their order, before a later answer. Selenium's
    own looks for answers now and then, and has a thread for each event.
    """

    def __init__(self, url: str, begun: dict[str, Any] | None = None, **capabilities: Any) -> None:
        """Connect and begin a session with these capabilities, where none has begun; raises WebDriverException."""
        self._news = Condition()
        # What waits for an answer beside the scenario, such as a filter of requests, has its own time.
        self._patience = local()
        super().__init__(url, TIMEOUT_S, ALIVE_S)  # type: ignore[no-untyped-call]
        connected: Any = self._ws
        self._socket = connected.sock.sock
        self.capabilities = begun or Session(self).new({"alwaysMatch": capabilities})["capabilities"]
        self.browser, self.contexts, self.script = Browser(self), BrowsingContext(self), Script(self)
        self.input, self.network, self.log = Input(self), Network(self), Log(self)

    def close(self) -> None:
        """End the connection, also one whose other end is closed already: Selenium leaves that one's socket open."""
        super().close()  # type: ignore[no-untyped-call]
        self._socket.close()

    @contextmanager
    def timeout(self, seconds: float) -> Iterator[None]:
        """Wait no longer than this for each answer within, in this thread."""
        before, self._patience.seconds = self._seconds(), seconds
        try:
            yield
        finally:
            self._patience.seconds = before

    def _seconds(self) -> float:
        return float(getattr(self._patience, "seconds", TIMEOUT_S))

    def wait_until(self, condition: Callable[[], object], what: str = "answer") -> None:
        """Return once it is so; raises NoAnswerError, or WebSocketConnectionClosedException where the browser ended."""
        deadline = monotonic() + self._seconds()
        with self._news:
            while not self._news.wait_for(condition, ALIVE_S):
                if not self._ws_thread.is_alive():
                    raise WebSocketConnectionClosedException("The browser has ended")
                if monotonic() > deadline:
                    patience = f"{self._seconds():g} s"
                    raise NoAnswerError(f"no {what} within {patience}: is a dialog open, or a script without end?")

    def begin(self, command: Command) -> int:
        """Send a command, and wait for nothing; return the number by which its answer is known."""
        with self._id_lock:
            self._id += 1
            number = self._id
        self._ws.send(json.dumps({"id": number} | command.message()))  # type: ignore[union-attr] # until it is closed
        return number

    def answer(self, number: int) -> dict[str, Any]:
        """Return the result of a command that was begun; raises WebDriverException with the browser's error."""
        self.wait_until(lambda: number in self._messages)
        answer = self._messages.pop(number)
        if "error" in answer:
            raise WebDriverException(f"{answer['error']}: {answer['message']}")
        return dict(answer["result"])

    def send_all(self, *commands: Command) -> list[dict[str, Any]]:
        """Send commands at once, which do not wait for each other; return their results."""
        return [self.answer(number) for number in [self.begin(command) for command in commands]]

    # Selenium's own names of what it does with a message, and of how it waits for one.
    _wait_until = wait_until

    def _process_message(self, message: str) -> None:
        if QUICK_ACK:
            # Linux forgets it again. A connection that has ended meanwhile tells so by itself.
            with suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, QUICK_ACK, 1)
        told = json.loads(message)
        with self._news:
            if "id" in told:
                self._messages[told["id"]] = told
            for heed in self.callbacks.get(told.get("method"), []):
                heed(told["params"])
            self._news.notify_all()
