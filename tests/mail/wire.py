"""A wire to a mail server that can be cut, or fall silent, in the middle of what passes through it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf

PIECE = 65536


class Wire:
    """Hands on what goes between a port of this machine and a server, as long as it is whole."""

    def __init__(self, near: str, far: tuple[str, int]) -> None:
        self._far = far
        self._ends: list[socket.socket] = []
        self.address, self.port = near, 0
        # How many bytes came from the server by the connection that was last begun.
        self.passed = 0
        self._listening: socket.socket | None = None
        self.mend()

    def mend(self) -> None:
        """Let all pass, again."""
        self._whole_for, self._silent, self._times = inf, False, inf
        if self._listening is None:
            self._listening = socket.create_server((self.address, self.port))
            self.port = int(self._listening.getsockname()[1])
            threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def break_after(self, size: int, *, silent: bool = False, times: float = inf) -> None:
        """End each connection, or so many, after so many bytes from the server; or have the server fall silent."""
        self._whole_for, self._silent, self._times = size, silent, times

    def take_down(self) -> None:
        """Listen no longer, and end what passes; safe to call twice."""
        _end(*self._ends)
        if self._listening:
            _end(self._listening)
        self._listening = None

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listening.accept()
                there = socket.create_connection(self._far)
                self._ends += [here, there]
                threading.Thread(target=self._to_server, args=(here, there), daemon=True).start()
                threading.Thread(target=self._from_server, args=(there, here), daemon=True).start()

    def _to_server(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while piece := here.recv(PIECE):
                there.sendall(piece)
        _end(here, there)

    def _from_server(self, there: socket.socket, here: socket.socket) -> None:
        whole_for = self._whole_for if self._times > 0 else inf
        self._times -= 1
        self.passed = 0
        with suppress(OSError):
            while piece := there.recv(PIECE):
                left = whole_for - self.passed
                self.passed += len(piece)
                here.sendall(piece[: int(max(0, min(left, PIECE)))])
                if left < len(piece) and not self._silent:
                    break
        _end(here, there)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def wire(near: str, far: tuple[str, int]) -> Iterator[Wire]:
    """Give a wire that is whole, for as long as it is used."""
    opened = Wire(near, far)
    try:
        yield opened
    finally:
        opened.take_down()
