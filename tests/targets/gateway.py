"""A way to the engine that can be cut, as when the engine goes away in the middle of a run."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENGINE = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock").removeprefix("unix://")


class Gateway:
    """Hands on what goes between its own socket and the engine's, until it is cut."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        self._path.unlink(missing_ok=True)
        for end in [self._listening, *self._open]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(ENGINE)
                self._open += [near, far]
                threading.Thread(target=self._hand_on, args=(near, far, self.lets_through), daemon=True).start()
                threading.Thread(target=self._hand_on, args=(far, near, bool), daemon=True).start()

    def lets_through(self, _: bytes) -> bool:
        """Tell whether a piece of a request goes on to the engine."""
        return True

    @staticmethod
    def _hand_on(source: socket.socket, sink: socket.socket, lets_through: Callable[[bytes], bool]) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                if not lets_through(piece):
                    return
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def gateway(path: Path) -> Iterator[Gateway]:
    opened = Gateway(path)
    try:
        yield opened
    finally:
        opened.cut()
