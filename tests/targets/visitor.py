"""Somebody who visits the site without a browser."""

from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

# Longer than the site waits for a mail server.
PATIENCE_S = 20


class Visitor:
    """Keeps cookies, and sends forms as the site's pages would."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._jar = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> str:
        with self._opener.open(self._base_url + path, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())

    def send(self, path: str, **fields: str) -> str:
        self.get("/")
        token = next(str(cookie.value) for cookie in self._jar if cookie.name == "csrftoken")
        form = urlencode({"csrfmiddlewaretoken": token} | fields).encode()
        with self._opener.open(self._base_url + path, form, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())
