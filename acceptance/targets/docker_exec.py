"""Programs and files in a container that runs: `docker exec`, `docker exec -i` and `docker cp`."""

import io
import select
import socket
import tarfile
from contextlib import suppress
from typing import Any

from docker.errors import APIError, DockerException
from docker.models.containers import Container
from docker.utils.socket import STDOUT, frames_iter

from acceptance.targets.base import FixtureError, TargetError

MANAGE = ["python", "manage.py"]
STDERR_KEPT = 4000
ENDED_WITHIN_S = 0.5


class ExecProcess:
    """A process in a container, with its input and output in our hands; implements the fixture channel's Pipe."""

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
        self._output = frames_iter(self._stream, tty=False)  # type: ignore[no-untyped-call]
        self._stderr = b""

    def write(self, data: bytes) -> None:
        """Send to its standard input; raises OSError when it is gone."""
        self._socket.sendall(data)

    def read(self, timeout_s: float | None) -> bytes:
        """Return what it wrote to standard output next; nothing once it has ended. Raises TimeoutError."""
        while True:
            try:
                # The SDK itself waits without a limit.
                ready, _, _ = select.select([self._socket], [], [], timeout_s)
                stream, piece = next(self._output, (STDOUT, b"")) if ready else (None, b"")
            except (OSError, ValueError):
                # The engine is gone, and the process with it as far as can be told; or another thread has let go of it.
                return b""
            if not ready:
                raise TimeoutError
            if stream == STDOUT:
                return bytes(piece)
            self._stderr = (self._stderr + piece)[-STDERR_KEPT:]

    def last_words(self) -> str:
        """Return what it wrote to standard error, and its exit code if it has ended."""
        with suppress(TimeoutError):
            # It may be about to end, and to say why.
            while self.read(ENDED_WITHIN_S):
                pass
        written = self._stderr.decode(errors="replace").strip()
        with suppress(DockerException, OSError):
            state = self._api.exec_inspect(self._id)
            if not state["Running"]:
                return f"{written}\n(exit code {state['ExitCode']})".strip()
        return written

    def close(self) -> None:
        """Give it the end of its input, and let go of it; safe to call twice."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # The stream was taken out of the engine's answer, which closes it.
        self._stream._response.close()
        self._socket.close()


def run_manage(container: Container, command: str, *args: str) -> str:
    """Run a management command in a process of its own, as a person would by `docker exec`; return what it printed.

    Raises FixtureError with its last output, TargetError when the container does not run.
    """
    try:
        ran: Any = container.exec_run([*MANAGE, command, *args], demux=True)
    except (DockerException, OSError) as error:
        raise TargetError(f"manage.py {command} did not start: {error}") from error
    code, (stdout, stderr) = ran
    if code:
        output = b"\n".join(filter(None, (stdout, stderr))).decode(errors="replace").strip()
        raise FixtureError(f"{command}: {output or f'it printed nothing, and ended with exit code {code}'}")
    return (stdout or b"").decode().strip()


def put_file(container: Container, path: str, text: str) -> None:
    """Write a file that anyone in the container may read: it holds nobody else. `path` is absolute."""
    content, archive = text.encode(), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    container.put_archive("/", archive.getvalue())
