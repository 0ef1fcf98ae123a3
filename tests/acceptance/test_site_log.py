import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from acceptance.targets import site_log
from acceptance.targets.site_log import OTHERS, lines_of, up_to_now

LOG = [
    "2026-11-20 07:00:00 INFO starting",
    "[sharing.12] 2026-11-20 07:00:01 ERROR oh dear",
    "[sharing.12] Traceback (most recent call last):",
    "[sharing.13] 2026-11-20 07:00:02 INFO another scenario",
    "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting",
]


def test_own_lines_come_first_and_those_of_nobody_after_them():
    assert lines_of("sharing.12", LOG).splitlines() == [
        "2026-11-20 07:00:01 ERROR oh dear",
        "Traceback (most recent call last):",
        OTHERS,
        "2026-11-20 07:00:00 INFO starting",
        "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting",
    ]


def test_an_id_that_begins_like_another_is_another():
    assert lines_of("sharing.1", LOG[1:4]) == ""


def test_without_lines_there_is_no_heading():
    assert lines_of("sharing.12", []) == ""


class _Site(BaseHTTPRequestHandler):
    """A site that finds nothing, and says so."""

    written: list[str]

    def do_GET(self) -> None:
        self.written.append(f"Not Found: {self.path}")
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site():
    """The address of a site, and what it has written."""
    written = ["[sharing.1] Traceback (most recent call last):"]
    with HTTPServer(("127.0.0.1", 0), type("Site", (_Site,), {"written": written})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", written
        server.shutdown()


def test_what_is_passed_on_late_is_waited_for(site):
    address, written = site
    looks = iter(range(5))

    def read() -> list[str]:
        # Nothing at first, as by way of a journal.
        return list(written) if next(looks) == 4 else []

    assert up_to_now(read, address) == ["[sharing.1] Traceback (most recent call last):"]


def test_a_site_that_does_not_log_it_is_not_waited_for_long(site, monkeypatch):
    monkeypatch.setattr(site_log, "PASSED_ON_WITHIN_S", 0.1)
    assert up_to_now(lambda: ["something else"], site[0]) == ["something else"]


def test_a_site_that_is_gone_is_not_waited_for():
    reads = iter([["its last words"]])
    assert up_to_now(lambda: next(reads), "http://127.0.0.1:9") == ["its last words"]
