"""Visitors count what they ask for, and what they are refused."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from acceptance.waiting import eventually
from benchmarks.downtime_probe import visitors


class Site(BaseHTTPRequestHandler):
    """Refuses every second request, and the first."""

    asked = 0

    def do_GET(self):
        type(self).asked += 1
        self.send_response(503 if type(self).asked % 2 else 200)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


def test_each_request_is_counted_and_each_refusal_told():
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        with visitors(address, many=1) as visits:
            eventually(lambda: Site.asked >= 4, what="a few visits", within_s=10)
        server.shutdown()
    assert visits.tried == Site.asked
    assert len(visits.refused) == (visits.tried + 1) // 2
    assert "503" in visits.refused[0]
    # Nobody is there any more.
    with visitors(address) as visits:
        eventually(lambda: threading.active_count() > 2, what="visitors", within_s=10)
    assert len(visits.refused) == visits.tried
