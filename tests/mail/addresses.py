"""Where a container is, and whether it answers there."""

import socket

from docker.models.containers import Container

LOOK_LIMIT_S = 2


def address_of(container: Container) -> str:
    """Return where a container is, for this machine and for other containers."""
    container.reload()
    return str(container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])


def answers(address: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        socket.create_connection((address, port), timeout=LOOK_LIMIT_S).close()
    except OSError:
        return False
    return True
