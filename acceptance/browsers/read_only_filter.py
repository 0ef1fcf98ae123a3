"""What keeps a run from changing a site that people may only look at, or that another leads to: nothing is sent there.

It also keeps a Then from sending a form, on any site.

The filter sits in the browser's own connection to the network, below every window,
frame and worker, whatever makes the request there: a person, a form, a script.
A WebSocket is opened by a GET, and is let through.
"""

import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import Event, Thread
from typing import Any

import websocket
from behave.formatter.base import Formatter
from behave.model import Step
from behave.model_type import Status

from acceptance.browsers.devtools import Command, connect
from acceptance.redaction import redacted
from acceptance.waiting import NotSeenError, eventually

HARMLESS = ("GET", "HEAD", "OPTIONS")
# What a step sets off, such as a script's fetch, is sent within this time.
SETTLED_WITHIN_S = 0.2
# Of a Then, only what makes a whole page is looked at: scripts of some sites ask by POST for what they show.
PAGES = [{"urlPattern": "*", "resourceType": "Document"}]
WHY_NOT_IN_A_THEN = "A Then looks, and changes nothing: it sends no form."
# The number of the commands that begin and end the filtering of a Then, and how long their answer is waited for.
SWITCH, SWITCHED_WITHIN_S = 0, 5


class RefusedRequestError(AssertionError):
    """A request that a scenario would have sent to a site that holds people's data, or a form in a Then."""


class ReadOnlyFilter:
    """Lets the requests of one browser process through that change nothing, and refuses all others."""

    def __init__(
        self, address: str, site: str, *, read_only: bool, same_origin: bool, end_browser: Callable[[], object]
    ) -> None:
        """Filter what the browser with its debugger at `address` sends from now on, or only when asked to.

        A site that is not `read_only` takes all; other sites do as well, if it is not asked
        for the `same_origin`. Should the filter itself fail, `end_browser` is called:
        without it, everything would be sent.
        """
        self._refused: deque[tuple[str, str]] = deque()
        self._filters_all, self._refuses_forms = read_only or same_origin, False
        self._switched = Event()
        self._end_browser = end_browser
        self._open_site = "" if read_only else site
        why = f"{site} leads elsewhere: nothing is sent there."
        if read_only:
            why = f"{site} is a production site, or may be: a scenario looks at it, and sends nothing."
        self._why = why
        self._socket = connect(address)
        self._ids = count(1)
        if self._filters_all:
            self._send("Fetch.enable", patterns=[{"urlPattern": "*", "requestStage": "Request"}])
            answer = json.loads(self._socket.recv())
            if "error" in answer:
                raise websocket.WebSocketException(f"Fetch.enable: {answer['error']['message']}")
        self._socket.settimeout(None)
        Thread(target=self._filter, daemon=True).start()

    def refuse_forms(self, *, refused: bool) -> None:
        """Refuse forms from now on, or no longer, that the site would take; of a browser that has ended, do nothing."""
        self._refuses_forms = refused
        if not self._filters_all:
            self._switched.clear()
            with suppress(websocket.WebSocketException, OSError):
                if refused:
                    self._send("Fetch.enable", SWITCH, patterns=PAGES)
                else:
                    self._send("Fetch.disable", SWITCH)
                self._switched.wait(SWITCHED_WITHIN_S)

    def take_refused(self) -> str:
        """Say which requests were refused since this was asked last; nothing where none was.

        On a site that people may only look at, a page that was just asked to send something is given a moment to do so.
        """
        with suppress(NotSeenError):
            within_s = 0 if self._open_site else SETTLED_WITHIN_S
            eventually(lambda: self._refused, what="requests that are refused", within_s=within_s)
        refused = [self._refused.popleft() for _ in range(len(self._refused))]
        reasons = dict.fromkeys(why for why, _ in refused)
        return "\n".join([*reasons, *(f"The browser refused: {request}" for _, request in refused)])

    def _filter(self) -> None:
        try:
            while True:
                event = json.loads(self._socket.recv())
                if event.get("method") == "Fetch.requestPaused":
                    self._decide(**event["params"])
                elif event.get("id") == SWITCH:
                    self._switched.set()
        except Exception:  # noqa: BLE001 - whatever it is, as of a browser that has ended
            self._end_browser()

    def _decide(self, requestId: str, request: dict[str, Any], **more: Any) -> None:  # noqa: N803 - DevTools' own name
        is_open = bool(self._open_site) and request["url"].startswith(f"{self._open_site}/")
        is_form_in_then = self._refuses_forms and more.get("resourceType") == "Document"
        if request["method"] in HARMLESS or (is_open and not is_form_in_then):
            self._send("Fetch.continueRequest", requestId=requestId)
        else:
            # Without what may be a secret in it; named before it has failed: whoever sees that it did finds the reason.
            address, query, _ = request["url"].partition("?")
            why = WHY_NOT_IN_A_THEN if is_form_in_then and self._open_site else self._why
            self._refused.append((why, redacted(f"{request['method']} {address}{query and '?…'}")))
            self._send("Fetch.failRequest", requestId=requestId, errorReason="BlockedByClient")

    def _send(self, method: str, number: int | None = None, **parameters: Any) -> None:
        number = next(self._ids) if number is None else number
        self._socket.send(json.dumps({"id": number} | Command(method, parameters).message()))


def fail(step: Step, refused: str) -> None:
    """Let a step fail after which requests were refused, whatever behave took it for."""
    step.status = Status.failed
    step.exception = RefusedRequestError(refused)


class RefusedRequests(Formatter):  # type: ignore[misc] # behave is not typed
    """Stands before the formatters that print: behave keeps no message of a step that a hook let fail."""

    name = "refused-requests"
    description = "Names the requests that were refused"

    def __init__(self) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Leave alone the terminal, which is not this formatter's."""

    def result(self, step: Step) -> None:
        """Let the failure of a step begin with the requests that were refused."""
        if isinstance(step.exception, RefusedRequestError):
            step.error_message = f"{step.exception}\n{step.error_message or ''}".strip()
