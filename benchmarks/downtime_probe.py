"""People who visit a site all the while, what was refused to them, and how many lists they began."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

MANY = 2
PAUSE_S = 0.05
PATIENCE_S = 20
MOVED = 302


@dataclass
class Visits:
    """How many requests were made, how each that failed did, and how many were answered by leading to a new list."""

    tried: int = 0
    created: int = 0
    refused: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, refused: str = "", *, created: bool = False) -> None:
        """Count one request more."""
        with self._lock:
            self.tried += 1
            self.created += created
            self.refused += [refused] if refused else []


@contextmanager
def visitors(address: str, many: int = MANY, *, pause_s: float = PAUSE_S, posting: bool = False) -> Iterator[Visits]:
    """Visit a page for as long as this lasts, each request with a new connection; afterwards all have their answer.

    Those who are `posting` begin a list at every second visit.
    """
    ended, visits = threading.Event(), Visits()
    arguments = (address, ended, visits, pause_s, posting)
    threads = [threading.Thread(target=_visit, args=arguments) for _ in range(many)]
    for thread in threads:
        thread.start()
    try:
        yield visits
    finally:
        ended.set()
        for thread in threads:
            thread.join()


class _Staying(HTTPRedirectHandler):
    """Follows nowhere: where an answer leads to is an answer."""

    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> None:
        return None


def _visit(address: str, ended: threading.Event, visits: Visits, pause_s: float, posting: bool) -> None:  # noqa: FBT001
    jar = CookieJar()
    opener = build_opener(HTTPCookieProcessor(jar), _Staying)
    posts = False
    while not ended.wait(pause_s):
        token = next((str(cookie.value) for cookie in jar if cookie.name == "csrftoken"), "")
        posts = posting and bool(token) and not posts
        form = urlencode({"csrfmiddlewaretoken": token, "text": "Buy milk"}).encode() if posts else None
        try:
            visits.add(created=_answered(opener, address, form))
        except (OSError, HTTPException) as error:
            visits.add(repr(error))


def _answered(opener: OpenerDirector, address: str, form: bytes | None) -> bool:
    """Return once there is an answer, and whether a list was begun; raises OSError or HTTPException for a failure."""
    try:
        with opener.open(address, form, timeout=PATIENCE_S) as answer:
            answer.read()
    except HTTPError as error:
        with error:
            if not form or error.code != MOVED:
                raise
        return True
    if form:
        raise HTTPException("a form was answered with its page, and not with a list")
    return False
