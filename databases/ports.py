"""The ports that databases are published at."""

import random
import socket
from collections.abc import Collection
from contextlib import suppress

from .errors import RefusedError


def pick(ports: range, taken: Collection[int], listen: str) -> int:
    """Return a port of the range that nobody has; raises RefusedError when there is none left."""
    # In any order, so that two services with one range seldom want the same.
    for port in random.sample(ports, len(ports)):
        if port not in taken and is_free(listen, port):
            return port
    raise RefusedError(409, f"No port from {ports[0]} to {ports[-1]} is free; delete a database first")


def is_free(listen: str, port: int) -> bool:
    """Tell whether nobody listens there now."""
    with suppress(OSError), socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trying.bind((listen, port))
        return True
    return False
