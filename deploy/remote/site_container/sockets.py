"""The sockets that a site's containers listen on, and the link to the one that serves."""

import http.client
import os
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import PurePosixPath

POLL_S = 0.05
LOOK_LIMIT_S = 10


def answers(path: str, within_s: float, gone: "Callable[[], bool]" = lambda: False) -> bool:
    """Tell whether the site behind a socket says in time that it is well; at once where it is gone."""
    deadline = time.monotonic() + within_s
    while True:
        if _is_well(path):
            return True
        if time.monotonic() >= deadline or gone():
            return False
        time.sleep(POLL_S)


def slot_of(link: str) -> str:
    """Return the slot that a link leads to; empty if there is none."""
    try:
        return PurePosixPath(os.readlink(link)).stem  # noqa: PTH115 - a plain path of the machine's
    except FileNotFoundError:
        return ""


def point(link: str, to: str) -> None:
    """Let a link lead to another socket, in one instant."""
    fresh = f"{link}.new"
    if os.path.lexists(fresh):
        os.remove(fresh)  # noqa: PTH107 - as above
    os.symlink(to, fresh)  # noqa: PTH211 - as above
    os.replace(fresh, link)  # noqa: PTH105 - as above


class _Connection(http.client.HTTPConnection):
    """HTTP on a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=LOOK_LIMIT_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _is_well(path: str) -> bool:
    connection = _Connection(path)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
