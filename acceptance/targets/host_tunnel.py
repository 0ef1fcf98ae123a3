"""A way from a container to this machine that needs no address of it: by `docker exec -i`, whatever the engine.

With Docker Desktop and a rootless engine no network of the engine's is this machine's, and
an engine that was started for the first time tells no gateway of its usual network.
"""

import socket
import threading
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path

from docker.models.containers import Container

from acceptance.targets import multiplexer
from acceptance.targets.base import TargetError
from acceptance.targets.docker_exec import ExecPipe

LISTENS_WITHIN_S = 30.0
ENDED_WITHIN_S = 5.0


class Tunnel:
    """A port of a container's own loopback that leads to an address that this machine reaches."""

    def __init__(self, container: Container, port: int, to: tuple[str, int]) -> None:
        """Return once it can be used; raises TargetError, OSError."""
        source = Path(multiplexer.__file__).read_text()
        self._pipe = ExecPipe(container, ["python", "-c", source, str(port)])
        self._carrier = multiplexer.Multiplexer(
            read=partial(self._pipe.read, None), write=self._pipe.write, connect=partial(socket.create_connection, to)
        )
        try:
            self._wait_until_it_listens()
        except BaseException:
            self._pipe.close()
            raise
        self._thread = threading.Thread(target=self._carry, name=f"Tunnel to {to}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it, and what goes through it; safe to call twice."""
        self._pipe.close()
        self._thread.join(ENDED_WITHIN_S)

    def _wait_until_it_listens(self) -> None:
        if self._pipe.read(LISTENS_WITHIN_S) != b"\n":
            raise TargetError(f"The container has no way to this machine: {self._pipe.last_words()}")

    def _carry(self) -> None:
        # It raises once the pipe is closed.
        with suppress(OSError, ValueError):
            self._carrier.run()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine itself reaches a host by this name."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
