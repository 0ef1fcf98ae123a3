"""A process within a container, its input and output in our hands: `docker exec -i`."""

import socket
import struct
from contextlib import suppress
from typing import Any

from docker.errors import APIError, DockerException
from docker.models.containers import Container

STDERR = 2
# The engine says before each piece whose it is and how long: one byte, three unused, four of length.
HEADER = struct.Struct(">BxxxL")
WORDS_KEPT = 4000
CHUNK = 65536


class ExecPipe:
    """Implements channel.Pipe on the container engine."""

    def __init__(self, container: Container, command: list[str]) -> None:
        """Start `command`; raises OSError when the container is not there to do so."""
        client: Any = container.client
        self._api = client.api
        try:
            self._id = self._api.exec_create(container.id, command, stdin=True)["Id"]
            self._stream: Any = self._api.exec_start(self._id, socket=True)
        except APIError as error:
            raise OSError(error.explanation) from error
        self._socket: socket.socket = self._stream._sock
        self._raw = b""
        self._words = b""

    def write(self, data: bytes) -> None:
        """Send to its standard input."""
        self._socket.sendall(data)

    def read(self, timeout_s: float | None) -> bytes:
        """Return what it wrote to standard output next, however late without a timeout; nothing once it has ended."""
        self._socket.settimeout(timeout_s)
        while (frame := self._frame()) and frame[0] == STDERR:
            self._words = (self._words + frame[1])[-WORDS_KEPT:]
        return frame[1] if frame else b""

    def last_words(self) -> str:
        """Return what it wrote to standard error, and its exit code if it has ended."""
        with suppress(OSError):
            # What it said at the very end may come after its output has.
            while self.read(0.2):
                pass
        words = self._words.decode(errors="replace").strip()
        with suppress(DockerException, OSError):
            state = self._api.exec_inspect(self._id)
            if not state["Running"]:
                return f"{words}\n(exit code {state['ExitCode']})".strip()
        return words

    def close(self) -> None:
        """Give it the end of its input, and let go of it."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # The stream was taken out of the engine's answer, which closes it.
        self._stream._response.close()
        self._socket.close()

    def _frame(self) -> tuple[int, bytes] | None:
        """Return whose the next piece is, and the piece; nothing at the end. A timeout loses nothing."""
        while True:
            if len(self._raw) >= HEADER.size:
                kind, length = HEADER.unpack_from(self._raw)
                if len(self._raw) >= HEADER.size + length:
                    piece, self._raw = self._raw[HEADER.size :][:length], self._raw[HEADER.size + length :]
                    return kind, piece
            received = self._socket.recv(CHUNK)
            if not received:
                return None
            self._raw += received
