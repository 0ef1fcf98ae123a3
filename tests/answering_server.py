"""A server on this machine that gives whoever comes the answer that a test wants."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUnixStreamServer

from trustme import LeafCert


def http(body: bytes = b"", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


@contextmanager
def answering(
    answer: Callable[[str], bytes], certificate: LeafCert | None = None, socket: str = "", host: str = "127.0.0.1"
) -> Iterator[str]:
    """Give the address of a server that answers each path so, over TLS if it has a certificate, or at a socket."""

    class Answers(BaseRequestHandler):
        def handle(self) -> None:
            request = self.request.recv(65536).decode(errors="replace")
            self.request.sendall(answer(request.partition(" ")[2].partition(" ")[0]))

    # A browser opens connections ahead, on which it says nothing.
    with ThreadingUnixStreamServer(socket, Answers) if socket else ThreadingTCPServer((host, 0), Answers) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        # Nobody waits for these at the end.
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield socket or f"http{'s' if certificate else ''}://{host}:{server.socket.getsockname()[1]}"
        server.shutdown()
