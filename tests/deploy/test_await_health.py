"""Whether a container is healthy is asked by its socket."""

import threading
from http.server import BaseHTTPRequestHandler
from socketserver import UnixStreamServer

import pytest

from deploy.remote import await_health


class _Health(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def log_request(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (200, ""),
        (503, "It did not become healthy within 0.1 s. /health/ answered last: 503"),
        (500, "It has ended. /health/ answered last: 500"),
    ],
)
def test_only_a_site_that_says_so_is_healthy(tmp_path, monkeypatch, capsys, status, seen):
    monkeypatch.setattr(await_health, "runs", lambda _: "ended" not in seen)
    path = str(tmp_path / "a.sock")
    with UnixStreamServer(path, type("Health", (_Health,), {"status": status})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert await_health.main(path, "unit", 0.1) == bool(seen)
        server.shutdown()
    assert capsys.readouterr().err.strip() == seen
