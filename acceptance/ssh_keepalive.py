"""The link to a machine: what is said goes at once, and where no answer comes it is given up."""

import socket

from paramiko import Transport

ALIVE_EVERY_S = 10
# The other side holds a lock no longer than that.
LOST_AFTER_S = 30


def prepare(transport: Transport) -> None:
    """See to it that no step waits for the step before to be acknowledged, nor for long on a link that was cut."""
    transport.set_keepalive(ALIVE_EVERY_S)
    if not isinstance(transport.sock, socket.socket):
        return
    # A step is a few small packets. Each would wait for the one before, and the other side puts that off for 40 ms.
    transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # noqa: FBT003 - its signature
    # Only Linux can be told; elsewhere each step's own limit has to do.
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_AFTER_S * 1000)
