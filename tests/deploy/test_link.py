"""What the link to a machine is told to do by itself."""

import socket
from collections.abc import Iterator

import pytest
from paramiko import Transport

from acceptance.ssh_keepalive import LOST_AFTER_S, prepare


@pytest.fixture
def connection() -> Iterator[socket.socket]:
    """A TCP connection that leads somewhere."""
    with socket.create_server(("127.0.0.1", 0)) as there, socket.create_connection(there.getsockname()) as here:
        yield here


def test_small_packets_go_at_once(connection):
    prepare(Transport(connection))
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_is_not_acknowledged_is_given_up(connection):
    prepare(Transport(connection))
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == LOST_AFTER_S * 1000
