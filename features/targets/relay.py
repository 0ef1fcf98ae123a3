"""A way from containers to what listens on this machine's loopback only."""

import socket
import threading
from contextlib import suppress
from ipaddress import ip_address

PIECE = 65536


def is_loopback(host: str) -> bool:
    """Tell whether only this machine itself reaches a host by this name."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Relay:
    """Hands on what comes in at an address of this machine, for as long as the run lasts."""

    def __init__(self, listen: str, to: tuple[str, int]) -> None:
        """Take connections from now on, at a free port; raises OSError."""
        self._to = to
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server((listen, 0))
        self.address: tuple[str, int] = self._listening.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End it, and what goes through it; safe to call twice."""
        for end in [self._listening, *self._open]:
            _end(end)

    def _accept(self) -> None:
        # It raises once this end is closed.
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._connect, args=(near,), daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._to)
        except OSError:
            # Whoever asked sees that nobody is there.
            _end(near)
            return
        self._open |= {near, far}
        back = threading.Thread(target=_hand_on, args=(far, near), daemon=True)
        back.start()
        _hand_on(near, far)
        back.join()
        self._open -= {near, far}
        _end(near)
        _end(far)


def _hand_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
