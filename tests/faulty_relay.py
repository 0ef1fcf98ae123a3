"""A way to a server that a test cuts, or has fall silent, in the middle of what passes through it."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path

PIECE = 65536
ENGINE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")
# A port of this machine, or the path of a socket.
Address = tuple[str, int] | str


class Wire:
    """Passes on what goes between an address of its own and a server, as long as it is whole."""

    def __init__(self, near: Address, far: Address) -> None:
        self._near, self._far = near, far
        self._ends: list[socket.socket] = []
        # How many bytes came from the server by the connection that was last begun.
        self.passed = 0
        self._listening: socket.socket | None = None
        self.mend()

    @property
    def address(self) -> str:
        """The host or the path at which it listens."""
        return self._near if isinstance(self._near, str) else self._near[0]

    def mend(self) -> None:
        """Let everything pass, again."""
        self._whole_for, self._silent, self._times = inf, False, inf
        if self._listening is None:
            self._listening = _socket(self._near)
            self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listening.bind(self._near)
            self._listening.listen()
            if isinstance(self._near, tuple):
                self._near = self._listening.getsockname()
                self.port = self._near[1]
            threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def break_after(self, size: int, *, silent: bool = False, times: float = inf) -> None:
        """End each connection, or so many, after so many bytes from the server; or have the server fall silent."""
        self._whole_for, self._silent, self._times = size, silent, times

    def cut(self) -> None:
        """Listen no longer, and end all connections; safe to call twice."""
        if isinstance(self._near, str):
            Path(self._near).unlink(missing_ok=True)
        _end(*self._ends, *([self._listening] if self._listening else []))
        self._listening = None

    def lets_through(self, _: bytes) -> bool:
        """Tell whether a piece goes on to the server."""
        return True

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listening.accept()
                there = _socket(self._far)
                there.connect(self._far)
                self._ends += [here, there]
                threading.Thread(target=self._to_server, args=(here, there), daemon=True).start()
                threading.Thread(target=self._from_server, args=(there, here), daemon=True).start()

    def _to_server(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while piece := here.recv(PIECE):
                if not self.lets_through(piece):
                    return
                there.sendall(piece)
            there.shutdown(socket.SHUT_WR)

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


def _socket(address: Address) -> socket.socket:
    return socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@contextmanager
def wire(near: str | Path, far: Address = ENGINE) -> Iterator[Wire]:
    """Give a whole way to a server from a free port of this host, or from the path of a socket to the engine."""
    opened = Wire(str(near) if isinstance(near, Path) else (near, 0), far)
    try:
        yield opened
    finally:
        opened.cut()
