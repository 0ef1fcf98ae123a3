"""A browser's own DevTools connection, for what WebDriver does not offer.

WebDriver has no isolated contexts, and cannot set a cookie before the first page.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.request import urlopen

import websocket
from selenium.common.exceptions import WebDriverException

# A page that is asked for takes as long as the site does.
TIMEOUT_S = 30.0


class NoAnswerError(WebDriverException):
    """A command that the browser did not answer in time."""


@dataclass(frozen=True)
class Command:
    """A command to the browser, or to the page that `session` is attached to."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)
    session: str = ""

    def message(self) -> dict[str, Any]:
        """Return it as it is sent."""
        addressed = {"sessionId": self.session} if self.session else {}
        return {"method": self.method, "params": self.parameters} | addressed


def devtools_url(address: str) -> str:
    """Return the DevTools of the browser whose debugger is at `address` (host:port) on this machine."""
    with urlopen(f"http://{address}/json/version", timeout=5) as answer:
        return str(json.load(answer)["webSocketDebuggerUrl"])


def connect(url: str) -> websocket.WebSocket:
    """Return a connection to a browser's DevTools."""
    # It looks at each letter of an answer before it decodes them, which finds the same mistakes.
    return websocket.create_connection(url, timeout=TIMEOUT_S, suppress_origin=True, skip_utf8_validation=True)


class DevTools:
    """The connection to one browser process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._socket = connect(url)
        self._ids = count(1)

    @contextmanager
    def timeout(self, seconds: float) -> Iterator[None]:
        """Wait no longer than this for each answer within."""
        self._socket.settimeout(seconds)
        try:
            yield
        except websocket.WebSocketTimeoutException as error:
            raise NoAnswerError(
                f"no answer within {seconds:g} s: is a dialog open, or a script without end?"
            ) from error
        finally:
            self._socket.settimeout(TIMEOUT_S)

    def send(self, method: str, *, session: str = "", **parameters: Any) -> dict[str, Any]:
        """Return the result of a command, to the browser or to one page's session.

        Raises WebDriverException with the browser's error.
        """
        return self.send_all(Command(method, parameters, session))[0]

    def send_all(self, *commands: Command) -> list[dict[str, Any]]:
        """Send commands at once, which do not wait for each other; return their results."""
        return self.results(self.begin(*commands))

    def begin(self, *commands: Command) -> dict[int, Command]:
        """Send commands at once; `results` has to be the next that is asked of this connection."""
        sent = {next(self._ids): command for command in commands}
        for number, command in sent.items():
            self._socket.send(json.dumps({"id": number} | command.message()))
        return sent

    def results(self, sent: dict[int, Command]) -> list[dict[str, Any]]:
        """Wait for commands that were begun; return their results."""
        answers: dict[int, dict[str, Any]] = {}
        while len(answers) < len(sent):
            answer = json.loads(self._socket.recv())
            if answer.get("id") in sent:
                answers[answer["id"]] = answer
            elif answer.get("method") == "Inspector.targetCrashed":
                # A crashed page leaves what it was asked without an answer.
                raise WebDriverException("The page crashed")
        for number, command in sent.items():
            if "error" in answers[number]:
                raise WebDriverException(f"{command.method}: {answers[number]['error']['message']}")
        return [answers[number]["result"] for number in sent]

    def close(self) -> None:
        """End the connection."""
        self._socket.close()
