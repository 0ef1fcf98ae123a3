"""A site of a few pages, which notes what reaches it, for tests of browsers."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

FORM = """<!doctype html><meta charset=utf-8><title>A form</title><link rel=icon href=data:,>
<style>body {margin: 0} #far {margin-top: 3000px} #covered, #cover {position: absolute; top: 70px} </style>
<form action=/there><input name=text id=text><input name=mail type=email id=mail><button id=send>Send</button></form>
<button id=covered>Covered</button><div id=cover style="width: 300px; height: 60px"></div>
<button id=hidden style="display: none">Hidden</button>
<ul><li><a href=/there?first>first</a> <a href=/there?second>second</a></ul>
<button id=far onclick="document.title = 'Pressed'">Far below</button>
"""
THERE = "<!doctype html><title>There</title><link rel=icon href=data:,><h1>There</h1>"
NEVER = "/never"


class LittleSite(ThreadingHTTPServer):
    """Serves a form at /, and at any other path a page that it leads to; /never does not answer until the end."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server_port}"
        # The path of each request, with its cookies.
        self.requests: list[tuple[str, str]] = []
        self.ends = Event()

    def __enter__(self) -> "LittleSite":
        Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ends.set()
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: LittleSite

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.requests.append((self.path, self.headers.get("Cookie", "")))
        if self.path == NEVER:
            self.server.ends.wait(60)
            self.close_connection = True
            return
        body = (FORM if self.path == "/" else THERE).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        # As Django sends it: between two pages that have the same, Chromium keeps a window's frame.
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
