"""A mail catcher's API as small as can be, whose answers a test can break; it tells of mail as maildev does."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD = "tests", "s3cret of the catcher"


@dataclass
class CatcherServer:
    """What was caught, who may look, what was asked for, and what to answer instead."""

    caught: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    login: str = ""
    # A status, or "silence", "drip", "cut", or a body.
    instead: int | str = ""
    url: str = ""

    def put(self, mail_id: str, source: bytes, to: str, *, subject: str = "", time: str = "") -> None:
        """Catch a mail; `time` is what it says of itself."""
        self.sources[mail_id] = source
        told = {"id": mail_id, "subject": subject, "from": [{"address": "noreply@lists.example.com", "name": ""}]}
        envelope = {"envelope": {"to": [{"address": to, "args": False}]}}
        self.caught = {**self.caught, mail_id: told | envelope | ({"time": time} if time else {})}


class _Server(ThreadingHTTPServer):
    def __init__(self, there: CatcherServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.there = there
        self.stopped = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        there = self.server.there
        there.asked.append(self.path)
        if there.instead:
            self.answer_instead(there.instead)
        elif there.login and self.headers["Authorization"] != f"Basic {there.login}":
            self.answer(401, b"Unauthorized")
        else:
            self.answer(*found(there, self.path))

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_instead(self, what: int | str) -> None:
        if isinstance(what, int):
            self.answer(what, b"no")
        elif what == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[")
        elif what in ("silence", "drip"):
            while not self.server.stopped.wait(0.02):
                self.wfile.write(b"H" if what == "drip" else b"")
        else:
            self.answer(200, what.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        # Whoever asked may have gone.
        with suppress(OSError):
            super().handle()


@contextmanager
def catcher_server() -> Iterator[CatcherServer]:
    """Serve at a free port of this machine."""
    there = CatcherServer()
    server = _Server(there)
    there.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield there
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def login() -> str:
    return base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def found(there: CatcherServer, path: str) -> tuple[int, bytes]:
    parts = urlsplit(path)
    if parts.path == "/email":
        to = parse_qs(parts.query).get("envelope.to.address")
        mails = [m for m in there.caught.values() if not to or to == [e["address"] for e in m["envelope"]["to"]]]
        return 200, json.dumps(mails).encode()
    mail_id = parts.path.removeprefix("/email/").removesuffix("/source")
    return (200, there.sources[mail_id]) if mail_id in there.sources else (404, b"File not found")
