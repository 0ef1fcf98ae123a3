"""A port of a container's own loopback that leads to this machine, over the two streams of `docker exec -i`.

It needs no address of this machine: Docker Desktop and a rootless engine have none that
a container reaches, and an engine that was started for the first time tells no gateway
of its usual network. One end runs in the container, so the standard library is all that
this file uses.
"""

import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

# Of each frame: what it is, the number of the connection, and the length of what follows.
HEADER = struct.Struct(">cLL")
OPENED, DATA, ENDED = b"o", b"d", b"e"
PIECE = 65536
LISTENS_WITHIN_S = 30.0
CLOSED_WITHIN_S = 5.0


class Multiplexer:
    """One of the two ends: many connections, carried over one stream in each direction."""

    def __init__(
        self, read: Callable[[], bytes], write: Callable[[bytes], None], to: tuple[str, int] = ("127.0.0.1", 0)
    ) -> None:
        """Carry nothing yet; `to` is where this end connects for each connection that the other end announces."""
        self._read, self._write, self._to = read, write, to
        self._received = b""
        self._writing = threading.Lock()
        # Each connection, and whether the other end will send nothing more for it.
        self._connections: dict[int, tuple[socket.socket, threading.Event]] = {}

    def open(self, number: int, connection: socket.socket) -> None:
        """Carry one more connection, and announce it to the other end."""
        self._connections[number] = connection, threading.Event()
        self._send(OPENED, number)
        threading.Thread(target=self._send_all, args=(number,), daemon=True).start()

    def run(self) -> None:
        """Pass on what the other end sends, until the stream ends; then end every connection."""
        try:
            while len(header := self._exactly(HEADER.size)) == HEADER.size:
                kind, number, length = HEADER.unpack(header)
                self._receive(kind, number, self._exactly(length))
        finally:
            for connection, other_ended in list(self._connections.values()):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                other_ended.set()

    def _receive(self, kind: bytes, number: int, piece: bytes) -> None:
        if kind == OPENED:
            try:
                self._connections[number] = socket.create_connection(self._to), threading.Event()
            except OSError:
                # Whoever connected sees that nobody is there.
                self._send(ENDED, number)
            else:
                threading.Thread(target=self._send_all, args=(number,), daemon=True).start()
        elif number in self._connections:
            connection, other_ended = self._connections[number]
            # Whoever no longer listens misses what is sent.
            with suppress(OSError):
                if kind == DATA:
                    connection.sendall(piece)
                else:
                    connection.shutdown(socket.SHUT_WR)
            if kind == ENDED:
                other_ended.set()

    def _send_all(self, number: int) -> None:
        connection, other_ended = self._connections[number]
        with connection:
            with suppress(OSError):
                while piece := connection.recv(PIECE):
                    self._send(DATA, number, piece)
            self._send(ENDED, number)
            other_ended.wait()
            del self._connections[number]

    def _send(self, kind: bytes, number: int, piece: bytes = b"") -> None:
        # Where the stream has ended, run() ends all.
        with suppress(OSError), self._writing:
            self._write(HEADER.pack(kind, number, len(piece)) + piece)

    def _exactly(self, length: int) -> bytes:
        """Return so many bytes, fewer only at the end of the stream."""
        while len(self._received) < length and (piece := self._read()):
            self._received += piece
        taken, self._received = self._received[:length], self._received[length:]
        return taken


class Tunnel:
    """The end on this machine; `pipe` is the process in the container that runs the other one."""

    def __init__(self, pipe: Any, to: tuple[str, int]) -> None:
        """Return once the port in the container can be used; raises OSError."""
        self._pipe = pipe
        if pipe.read(LISTENS_WITHIN_S) != b"\n":
            reason = pipe.last_words()
            pipe.close()
            raise ConnectionError(f"The container has no way to this machine: {reason}")
        end = Multiplexer(lambda: pipe.read(None), pipe.write, to)
        self._thread = threading.Thread(target=end.run, name=f"Tunnel to {to}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and what goes through it; safe to call twice."""
        self._pipe.close()
        self._thread.join(CLOSED_WITHIN_S)


def command(port: int) -> list[str]:
    """Return the command that runs the container's end, which listens at this port of its loopback."""
    return ["python", "-c", Path(__file__).read_text(), str(port)]


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def main(port: int) -> None:
    """Carry each connection to a port of this loopback, until standard input ends; a line says that it listens."""
    listening = socket.create_server(("127.0.0.1", port))
    _write(b"\n")
    end = Multiplexer(lambda: os.read(sys.stdin.fileno(), PIECE), _write)

    def accept() -> None:
        for number in count(1):
            end.open(number, listening.accept()[0])

    threading.Thread(target=accept, daemon=True).start()
    end.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
