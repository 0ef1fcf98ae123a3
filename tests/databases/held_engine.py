"""A way to the engine that lets requests through up to one, and stands still there: whoever asked can be killed."""

import re
import socket
import threading
from contextlib import suppress
from pathlib import Path

from tests.targets.gateway import ENGINE


class HeldEngine:
    """Hands on what comes, until a request line has a pattern in it for the nth time; that one gets nowhere."""

    def __init__(self, path: Path, at: str, nth: int = 1) -> None:
        self.held = threading.Event()
        self._at = re.compile(at.encode())
        self._left = nth
        self._path = path
        self._ends: list[socket.socket] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"unix://{self._path}"

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        for end in [self._listening, *self._ends]:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(ENGINE)
                self._ends += [near, far]
                threading.Thread(target=self._hand_on, args=(far, near, None), daemon=True).start()
                threading.Thread(target=self._hand_on, args=(near, far, self._at), daemon=True).start()

    def _hand_on(self, source: socket.socket, sink: socket.socket, at: re.Pattern[bytes] | None) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                self._left -= bool(at and at.search(piece.partition(b"\r\n")[0]))
                if self._left == 0:
                    self.held.set()
                    return
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
