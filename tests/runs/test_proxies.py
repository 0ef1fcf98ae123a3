"""A proxy of the environment is for what is elsewhere: nothing on this machine is asked for through it."""

import os
import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from acceptance.browsers.chromium import Chrome
from acceptance.proxies import bypass_proxies, is_this_machine
from acceptance.settings import search_path
from acceptance.waiting import eventually
from tests.answering_server import answering, http
from tests.runs.conftest import Scratch

VARIABLES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "ws_proxy")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The environment's proxy, which answers nobody; gives what it was asked for."""
    asked: list[str] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def note() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(200).decode(errors="replace").partition("\r\n")[0])

    Thread(target=note, daemon=True).start()
    for name in VARIABLES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{listening.getsockname()[1]}")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "example.com")
    yield asked
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()


def test_nothing_of_a_developers_shell_reaches_a_local_run(scratch: Scratch, proxy: list[str]):
    ran = scratch.behave(
        "--name=Edith looks for her lists",
        DATABASE_URL="postgres://superlists@nowhere.invalid/production",
        SITE_ENVIRONMENT="production",
        DJANGO_DEBUG_FALSE="nonsense",
        DJANGO_HTTPS="1",
        EMAIL_HOST="mail.invalid",
    )
    assert [request for request in proxy if "localhost" in request or "127.0.0.1" in request] == []
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_a_browser_goes_past_a_proxy_to_an_address_of_this_machine(proxy: list[str]):
    host = own_address()
    assert is_this_machine(host)
    with answering(lambda _: http(b"<p>Hi"), host=host) as address:
        bypass_proxies(host)
        chrome = Chrome(Chrome.find(search_path(os.environ)), headless=True)
        try:
            chrome.visit(address)
            browser = chrome.open()
            browser.open(f"{address}/")
            assert browser.texts("p") == ["Hi"]
            assert [request for request in proxy if host in request or "localhost" in request] == []
            # What is elsewhere is for the proxy still.
            browser.run("fetch('http://elsewhere.invalid/', {mode: 'no-cors'})")
            eventually(lambda: "GET http://elsewhere.invalid/ HTTP/1.1" in proxy, what="the request to the proxy")
        finally:
            chrome.kill()


def own_address() -> str:
    """Return the address by which this machine goes to others: not a loopback one, where it has any other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("192.0.2.1", 9))
        return str(asking.getsockname()[0])
