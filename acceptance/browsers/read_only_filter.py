"""What keeps a run from changing a site that people may only look at, or that another leads to: nothing is sent there.

The filter sits in the browser's own connection to the network, below every window,
frame and worker, whatever makes the request there: a person, a form, a script.
A WebSocket is opened by a GET, and is let through.
"""

import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import Thread
from typing import Any

import websocket
from behave.model import Step
from behave.model_type import Status

from acceptance.browsers.devtools import Command, connect
from acceptance.redaction import redacted
from acceptance.waiting import NotSeenError, eventually

HARMLESS = ("GET", "HEAD", "OPTIONS")
# What a step sets off, such as a script's fetch, is sent within this time.
SETTLED_WITHIN_S = 0.2


class RefusedRequestError(AssertionError):
    """A request that a scenario would have sent to a site that holds people's data."""


class RequestRules:
    """Which requests may go on, and which were refused, until somebody asks."""

    def __init__(self, site: str, *, read_only: bool) -> None:
        """Let through what changes nothing; of a site that is not `read_only` all, and of no other."""
        self._refused: deque[str] = deque()
        self._open_site = "" if read_only else site
        self._why = f"{site} leads elsewhere: nothing is sent there."
        if read_only:
            self._why = f"{site} is a production site, or may be: a scenario looks at it, and sends nothing."

    def lets_through(self, method: str, url: str) -> bool:
        """Tell whether a request may go on; one that may not is noted."""
        if method in HARMLESS or (self._open_site and url.startswith(f"{self._open_site}/")):
            return True
        # Without what may be a secret in it; named before it has failed: whoever sees that it did finds the reason.
        address, query, _ = url.partition("?")
        self._refused.append(redacted(f"{method} {address}{query and '?…'}"))
        return False

    def take_refused(self, *, waited_for: bool) -> str:
        """Say which requests were refused since this was asked last; nothing where none was.

        On a site that people may only look at, a page that was just asked to send something may be given a moment.
        """
        with suppress(NotSeenError):
            within_s = SETTLED_WITHIN_S if waited_for and not self._open_site else 0
            eventually(lambda: self._refused, what="requests that are refused", within_s=within_s)
        refused = [f"The browser refused: {self._refused.popleft()}" for _ in range(len(self._refused))]
        return "\n".join([self._why, *refused]) if refused else ""


class ReadOnlyFilter:
    """Keeps the requests of one Chromium to the rules."""

    def __init__(self, url: str, rules: RequestRules, end_browser: Callable[[], object]) -> None:
        """Filter what the browser with these DevTools sends from now on.

        Should the filter itself fail, `end_browser` is called: without it, everything would be sent.
        """
        self.rules, self._end_browser = rules, end_browser
        self._socket = connect(url)
        self._ids = count(1)
        self._send("Fetch.enable", patterns=[{"urlPattern": "*", "requestStage": "Request"}])
        answer = json.loads(self._socket.recv())
        if "error" in answer:
            raise websocket.WebSocketException(f"Fetch.enable: {answer['error']['message']}")
        self._socket.settimeout(None)
        Thread(target=self._filter, daemon=True).start()

    def _filter(self) -> None:
        try:
            while True:
                event = json.loads(self._socket.recv())
                if event.get("method") == "Fetch.requestPaused":
                    self._decide(**event["params"])
        except Exception:  # noqa: BLE001 - whatever it is, as of a browser that has ended
            self._end_browser()
        finally:
            # Without a word to the other end, which is gone.
            self._socket.shutdown()  # type: ignore[no-untyped-call] # websocket-client has no types for it

    def _decide(self, requestId: str, request: dict[str, Any], **_: Any) -> None:  # noqa: N803 - DevTools' own name
        if self.rules.lets_through(request["method"], request["url"]):
            self._send("Fetch.continueRequest", requestId=requestId)
        else:
            self._send("Fetch.failRequest", requestId=requestId, errorReason="BlockedByClient")

    def _send(self, method: str, **parameters: Any) -> None:
        self._socket.send(json.dumps({"id": next(self._ids)} | Command(method, parameters).message()))


def fail(step: Step, refused: str) -> None:
    """Let a step fail after which requests were refused, whatever behave took it for."""
    step.status = Status.failed
    step.exception = RefusedRequestError(refused)


def name_refused_requests(step: Step) -> None:
    """Let a failure begin with the requests that were refused: behave keeps no message where a hook let a step fail."""
    if isinstance(step.exception, RefusedRequestError):
        step.error_message = f"{step.exception}\n{step.error_message or ''}".strip()
