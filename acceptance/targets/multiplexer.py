"""Connections carried over one pair of streams; with the standard library alone, since one end runs in the container.

Run as a program it is that end: it listens at a port of its own loopback, says so by a
line, and carries each connection over its standard input and output.
"""

import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

# Of each frame: what it is, the connection's number, and how long what follows is.
HEADER = struct.Struct(">cLL")
OPENED, DATA, ENDED = b"o", b"d", b"e"
PIECE = 65536


class Multiplexer:
    """One of the two ends; `connect` makes the connection that answers to one at the other end."""

    def __init__(
        self,
        read: Callable[[], bytes],
        write: Callable[[bytes], None],
        connect: Callable[[], socket.socket] | None = None,
    ) -> None:
        """Carry nothing yet."""
        self._read, self._write, self._connect = read, write, connect
        self._received = b""
        self._turn = threading.Lock()
        self._connections: dict[int, socket.socket] = {}
        # Those that have ended in one of their two directions.
        self._half_ended: set[int] = set()

    def open(self, number: int, connection: socket.socket) -> None:
        """Carry one more connection, which the other end is told of."""
        self._connections[number] = connection
        self._send(OPENED, number)
        self._start(number, connection)

    def run(self) -> None:
        """Hand out what the other end says, until the stream ends; then end every connection."""
        try:
            while len(header := self._exactly(HEADER.size)) == HEADER.size:
                kind, number, length = HEADER.unpack(header)
                self._take(kind, number, self._exactly(length))
        finally:
            for connection in list(self._connections.values()):
                _end(connection)

    def _take(self, kind: bytes, number: int, piece: bytes) -> None:
        if kind == OPENED:
            self._answer(number)
        elif connection := self._connections.get(number):
            # Whoever no longer listens misses what is said.
            with suppress(OSError):
                if kind == DATA:
                    connection.sendall(piece)
                else:
                    connection.shutdown(socket.SHUT_WR)
            if kind == ENDED:
                self._ended(number)

    def _answer(self, number: int) -> None:
        assert self._connect  # noqa: S101 - only the end that has it is told of connections
        try:
            connection = self._connections[number] = self._connect()
        except OSError:
            # Whoever asked sees that nobody is there.
            self._send(ENDED, number)
        else:
            self._start(number, connection)

    def _start(self, number: int, connection: socket.socket) -> None:
        threading.Thread(target=self._send_on, args=(number, connection), daemon=True).start()

    def _send_on(self, number: int, connection: socket.socket) -> None:
        with suppress(OSError):
            while piece := connection.recv(PIECE):
                self._send(DATA, number, piece)
        self._send(ENDED, number)
        self._ended(number)

    def _send(self, kind: bytes, number: int, piece: bytes = b"") -> None:
        # Where the stream has ended, run() ends all.
        with suppress(OSError), self._turn:
            self._write(HEADER.pack(kind, number, len(piece)) + piece)

    def _ended(self, number: int) -> None:
        """Note the end of one direction; let go of the connection at the second."""
        with self._turn:
            if number not in self._half_ended:
                self._half_ended.add(number)
                return
            self._half_ended.remove(number)
            connection = self._connections.pop(number)
        _end(connection)

    def _exactly(self, length: int) -> bytes:
        """Return so many bytes, fewer only at the end of the stream."""
        while len(self._received) < length and (piece := self._read()):
            self._received += piece
        taken, self._received = self._received[:length], self._received[length:]
        return taken


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def main(port: int) -> None:
    """Carry what connects to a port of this loopback, until standard input ends."""
    listening = socket.create_server(("127.0.0.1", port))
    _say(b"\n")
    carrier = Multiplexer(lambda: os.read(sys.stdin.fileno(), PIECE), _say)

    def accept() -> None:
        number = 0
        while True:
            connection, _ = listening.accept()
            carrier.open(number := number + 1, connection)

    threading.Thread(target=accept, daemon=True).start()
    carrier.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
