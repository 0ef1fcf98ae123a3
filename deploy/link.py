"""The link to a machine: it shows life by itself, and is given up when no answer comes."""

import socket

from paramiko import Transport

ALIVE_EVERY_S = 10
# The other side holds a lock no longer than that.
LOST_AFTER_S = 30


def watch(transport: Transport) -> None:
    """See to it that a step does not wait for a link that was cut until its own time is over."""
    transport.set_keepalive(ALIVE_EVERY_S)
    # Only Linux can be told; elsewhere each step's own limit has to do.
    if hasattr(socket, "TCP_USER_TIMEOUT") and isinstance(transport.sock, socket.socket):
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_AFTER_S * 1000)
