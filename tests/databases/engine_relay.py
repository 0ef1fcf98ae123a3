"""A way to the engine that lets requests through up to one, and stands still there: whoever asked can be killed."""

import re
import threading
from pathlib import Path

from tests.faulty_relay import ENGINE, Wire


class EngineRelay(Wire):
    """Hands on what comes, until a request line has a pattern in it for the nth time; that one gets nowhere."""

    def __init__(self, path: Path, at: str, nth: int = 1) -> None:
        self.held = threading.Event()
        self.engine_url = f"unix://{path}"
        self._at = re.compile(at.encode())
        self._left = nth
        super().__init__(str(path), ENGINE)

    def lets_through(self, piece: bytes) -> bool:
        """Hold the request, and all that come later."""
        self._left -= bool(self._at.search(piece.partition(b"\r\n")[0]))
        if self._left == 0:
            self.held.set()
        return self._left != 0
