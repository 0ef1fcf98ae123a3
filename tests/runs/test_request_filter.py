"""Whatever a page does, and wherever in the browser: nothing but GET, HEAD and OPTIONS reaches the site."""

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Any, ClassVar

import pytest
from selenium.common.exceptions import WebDriverException

from acceptance.browsers.base import BROWSER_GONE, Browser, Browsers
from acceptance.browsers.chromium import QUIET, Chrome, ChromiumProcess, FullChrome
from acceptance.browsers.firefox import Firefox
from acceptance.settings import search_path
from acceptance.waiting import NotSeenError, eventually
from deploy import box_certificate

# A deploy's smoke run uses the full browser, and other runs the shell where it is installed.
CHROMIUM = (Chrome, FullChrome)
KINDS = (*CHROMIUM, Firefox)
PAGE = "<!doctype html><form method=post><input name=text><button>Go</button></form><a href=/ ping=/>Go</a>"
SCRIPTS = {
    "/worker.js": "fetch('/', {method: 'POST'}).catch(() => postMessage(1))",
    "/shared.js": "onconnect = () => fetch('/', {method: 'POST'})",
    "/service.js": "addEventListener('install', e => e.waitUntil(fetch('/', {method: 'PUT'}).catch(() => 1)))",
}
FRAME = "const f = document.body.appendChild(document.createElement('iframe'));"
WAYS = {
    "a form in a frame": f"{FRAME} f.name = 'frame'; document.forms[0].target = 'frame'; document.forms[0].submit()",
    "another window": "open('/').onload = e => e.target.defaultView.fetch('/', {method: 'POST'})",
    "a frame of another site": f"{FRAME} f.src = `data:text/html,<form method=post action=${{location.href}}></form>"
    "<script>document.forms[0].submit()</script>`",
    "a method in small letters": "fetch('/', {method: 'patch'})",
    "an older request": "const x = new XMLHttpRequest(); x.open('DELETE', '/'); x.send()",
    "a beacon": "navigator.sendBeacon('/', 'text')",
    "the ping of a link": "document.querySelector('a').click()",
    "a redirect that keeps the method": "fetch('/307', {method: 'POST'})",
    "leaving the page": "addEventListener('pagehide', () => navigator.sendBeacon('/', 'text')); location = '/?left'",
    "a worker": "new Worker('/worker.js')",
    "a shared worker": "new SharedWorker('/shared.js')",
    "a service worker": "navigator.serviceWorker.register('/service.js')",
}
# What Firefox is told not to do at all, so that there is nothing to refuse.
OFF_IN_FIREFOX = ("the ping of a link", "a service worker", "a shared worker")
REPORTED_WITHIN_S = 2
IN_THE_BACKGROUND = """
const sent = it => it.backgroundFetch.fetch('it', [new Request('/background', {method: 'POST', body: 'text'})]);
const ended = it => { it.onprogress = () => it.result && arguments[0]() };
navigator.serviceWorker.register('/service.js') && navigator.serviceWorker.ready.then(sent).then(ended, arguments[0])
"""
LOOKS = """
fetch('/', {method: 'HEAD'}).then(() => fetch('/', {method: 'OPTIONS'})).then(() => {
  document.forms[0].method = 'get';
  document.forms[0].submit();
})
"""


class Site(ThreadingHTTPServer):
    """A site that notes what reaches it."""

    daemon_threads = True

    def __init__(self, handler: type["Handler"] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.url = f"http://localhost:{self.server_port}"
        self.reached: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: Site
    MORE: ClassVar[Mapping[str, str]] = {}

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline()
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.reached.append(f"{self.command} {self.path}")
        body = SCRIPTS.get(self.path, PAGE).encode()
        self.send_response(307 if self.path == "/307" else 200)
        self.send_header("Location", "/")
        self.send_header("Content-Type", "text/javascript" if self.path in SCRIPTS else "text/html")
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.MORE.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Reporting(Handler):
    """What is against the rules of its pages is to be reported to the site: a POST that no page makes."""

    MORE = MappingProxyType(
        {
            "Reporting-Endpoints": 'default="/reported"',
            "Content-Security-Policy": "img-src 'none'; report-to default",
        }
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


def new(kind: type[Browsers], authority: Path | None = None) -> Browsers:
    return kind(kind.find(search_path(os.environ)), headless=True, authority=authority)


@pytest.fixture(scope="module", params=KINDS)
def browsers(request, site: Site) -> Iterator[Browsers]:
    browsers = new(request.param)
    try:
        browsers.visit(site.url, read_only=True)
        yield browsers
    finally:
        browsers.kill()


@pytest.fixture
def browser(browsers: Browsers, site: Site) -> Iterator[Browser]:
    browser = browsers.open()
    browser.enter(site.url, {})
    browser.open("/")
    site.reached.clear()
    yield browser
    browsers.clean()


@pytest.mark.parametrize("way", WAYS)
def test_what_changes_something_is_refused_and_named(way: str, browsers: Browsers, browser: Browser, site: Site):
    off = isinstance(browsers, Firefox) and way in OFF_IN_FIREFOX
    with suppress(WebDriverException) if off else nullcontext():
        browser.run(WAYS[way])
    if off:
        assert browsers.refused_requests() == ""
        assert {request.split()[0] for request in site.reached} <= {"GET"}
        return
    refused = eventually(browsers.refused_requests, what="a refused request")
    assert f"{site.url} is a production site, or may be: a scenario looks at it, and sends nothing." in refused
    assert any(f"The browser refused: {method} {site.url}/" in refused for method in ("POST", "PUT", "DELETE", "patch"))
    assert {request.split()[0] for request in site.reached} <= {"GET"}


def test_what_a_page_sends_as_its_scenario_ends_is_refused(browsers: Browsers, browser: Browser, site: Site):
    browser.run("addEventListener('pagehide', () => fetch('/', {method: 'POST', keepalive: true}))")
    browsers.clean()
    assert f"The browser refused: POST {site.url}/" in browsers.refused_requests()
    browsers.clean()
    assert {request.split()[0] for request in site.reached} <= {"GET"}


def test_what_only_looks_reaches_the_site(browsers: Browsers, browser: Browser, site: Site):
    browser.run(LOOKS)
    eventually(lambda: site.reached, lambda reached: "GET /?text=" in reached, what="the form that only asks")
    assert {"HEAD /", "OPTIONS /"} < set(site.reached)
    assert browsers.refused_requests() == ""


def test_a_request_is_named_without_what_may_be_secret(browsers: Browsers, browser: Browser):
    browser.run("fetch('/accounts/login/s3cret/?token=s3cret', {method: 'POST'})")
    refused = eventually(browsers.refused_requests, what="a refused request")
    assert "POST http://localhost" in refused
    assert "s3cret" not in refused


def test_nothing_is_sent_in_the_background(browser: Browser, site: Site):
    # Firefox has none of it.
    with suppress(WebDriverException):
        browser.run_async(IN_THE_BACKGROUND)
    assert "POST /background" not in site.reached


@pytest.mark.parametrize("kind", KINDS)
def test_a_browser_reports_nothing_on_its_own_account(kind: type[Browsers], tmp_path: Path, monkeypatch):
    # It would wait a minute, for more to report.
    monkeypatch.setattr("acceptance.browsers.chromium.QUIET", (*QUIET, "--short-reporting-delay"))
    box_certificate.write(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "fullchain.pem", tmp_path / "privkey.pem")
    with Site(Reporting) as site:
        site.socket = context.wrap_socket(site.socket, server_side=True)
        Thread(target=site.serve_forever, daemon=True).start()
        url = f"https://127.0.0.1:{site.server_port}"
        chrome = new(kind, tmp_path / "ca.pem")
        try:
            chrome.visit(url, read_only=True)
            browser = chrome.open()
            browser.open(f"{url}/")
            browser.run("document.body.append(Object.assign(new Image(), {src: '/image'}))")
            assert "GET /" in site.reached
            with pytest.raises(NotSeenError):
                eventually(lambda: "POST /reported" in site.reached, what="a report", within_s=REPORTED_WITHIN_S)
        finally:
            chrome.kill()
            site.shutdown()


def test_a_browser_whose_filter_was_cut_off_ends(browsers: Browsers, monkeypatch):
    process: Any = browsers._process
    if isinstance(process, ChromiumProcess):
        connection = process.request_filter._socket.sock
        assert connection
        connection.shutdown(socket.SHUT_RDWR)
    else:
        monkeypatch.setattr(process.rules, "lets_through", None)
        with suppress(*BROWSER_GONE):
            browsers.open().open("/")
    assert process.program.wait(10) == -9
