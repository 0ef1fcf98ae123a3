import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar
from unittest.mock import Mock

from acceptance.targets import site_log
from acceptance.targets.site_log import OTHERS, lines_of, up_to_now


def test_an_id_that_begins_like_another_is_another():
    others = ["[sharing.12] ERROR oh dear", "[sharing.13] INFO another scenario"]
    assert lines_of("sharing.1", others) == ""
    # What only looks like an id.
    worker = "[2026-11-20 07:00:03 +0000] [7] [INFO] Worker exiting"
    assert lines_of("sharing.1", [*others, worker]) == f"{OTHERS}\n{worker}"


class Site(BaseHTTPRequestHandler):
    """A site that finds nothing, and writes so."""

    written: ClassVar = ["[sharing.1] Traceback (most recent call last):"]

    def do_GET(self) -> None:
        self.written.append(f"Not Found: {self.path}")
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_passed_on_late_is_waited_for_but_not_for_long(monkeypatch):
    # Nothing at first, as by way of a journal.
    late = Mock(side_effect=[[], [], [], Site.written])
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        assert up_to_now(late, address) == ["[sharing.1] Traceback (most recent call last):"]
        # Of a site that does not log it, or is gone, there are its last words.
        monkeypatch.setattr(site_log, "PASSED_ON_WITHIN_S", 0.1)
        assert up_to_now(lambda: ["something else"], address) == ["something else"]
        server.shutdown()
    assert up_to_now(Mock(side_effect=[["its last words"]]), "http://127.0.0.1:9") == ["its last words"]
