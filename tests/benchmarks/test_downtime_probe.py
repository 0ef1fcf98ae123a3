"""Visitors count what they ask for, and what they are refused."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from acceptance.waiting import eventually
from benchmarks.downtime_probe import visitors


class Site(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        self.send_response(503 if type(self).asked % 2 else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def address():
    Site.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_each_request_is_counted_and_each_refusal_told(address):
    with visitors(address, many=1) as visits:
        eventually(lambda: Site.asked >= 4, what="a few visits", within_s=10)
    assert visits.tried == Site.asked
    assert len(visits.refused) == (visits.tried + 1) // 2
    assert "503" in visits.refused[0]


def test_a_site_that_is_not_there_refuses_everybody():
    with visitors("http://127.0.0.1:9/") as visits:
        eventually(lambda: threading.active_count() > 2, what="visitors", within_s=10)
    assert len(visits.refused) == visits.tried
