"""Which scenario a request belongs to, so that the site's log can be read by scenario."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from logging import Formatter, LogRecord

from django.http import HttpRequest, HttpResponse

COOKIE = "scenario"
# Strict, for the id goes into the log as it is: a line break would forge a line.
VALID = re.compile(r"[A-Za-z0-9._-]{1,64}")
current: ContextVar[str] = ContextVar("scenario", default="")


class ScenarioMiddleware:
    """Takes the scenario's id from the browser's cookie for as long as a request lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the whole site."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with its scenario's id at hand."""
        token = current.set(scenario_of(request))
        try:
            return self.get_response(request)
        finally:
            current.reset(token)


def scenario_of(request: object) -> str:
    """Return the id that a request's cookie carries, or nothing.

    Django logs a refusal after the middleware is done, with the request on the record.
    """
    cookie = request.COOKIES.get(COOKIE, "") if isinstance(request, HttpRequest) else ""
    return cookie if VALID.fullmatch(cookie) else ""


class ScenarioFormatter(Formatter):
    """Puts `[scenario id] ` before every physical line, tracebacks included."""

    def __init__(self, fmt: str | None = None, *, redact: Callable[[str], str] = str) -> None:
        """Write records as `fmt` says; `redact` takes out of their text what no log may hold."""
        super().__init__(fmt)
        self._redact = redact

    def format(self, record: LogRecord) -> str:
        """Return the record's lines, each with the id if there is one."""
        text = self._redact(super().format(record))
        scenario = current.get() or scenario_of(getattr(record, "request", None))
        return "\n".join(f"[{scenario}] {line}" for line in text.splitlines()) if scenario else text
