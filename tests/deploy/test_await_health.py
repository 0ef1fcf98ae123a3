"""Whether a container is healthy is asked by its socket."""

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import UnixStreamServer

import pytest

from deploy.remote import await_health


class _Health(BaseHTTPRequestHandler):
    status = HTTPStatus.OK

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()

    def address_string(self) -> str:
        return "a socket has none"

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("status", "code"), [(HTTPStatus.OK, 0), (HTTPStatus.SERVICE_UNAVAILABLE, 1)])
def test_only_a_site_that_says_so_is_healthy(tmp_path, monkeypatch, capsys, status, code):
    monkeypatch.setattr(await_health, "runs", lambda _: True)
    path = str(tmp_path / "a.sock")
    with UnixStreamServer(path, type("Health", (_Health,), {"status": status})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert await_health.main(path, "unit", 0.1) == code
        server.shutdown()
    assert ("did not become healthy within 0.1 s. /health/ answered last: 503" in capsys.readouterr().err) == bool(code)


def test_a_unit_that_has_ended_is_not_waited_for(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(await_health, "runs", lambda _: False)
    assert await_health.main(str(tmp_path / "a.sock"), "unit", 60) == 1
    assert "It has ended. /health/ answered last: [Errno 2]" in capsys.readouterr().err
