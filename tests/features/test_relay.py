"""The way to what listens on loopback only."""

import socket
import threading

import pytest

from features.targets.relay import Relay, is_loopback
from features.waiting import eventually


@pytest.fixture
def echo():
    """A server that says everything once more, and the address it is at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            connection, _ = listening.accept()
            with connection:
                while said := connection.recv(1024):
                    connection.sendall(said)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()


def test_what_is_said_goes_both_ways_until_one_end_is_done(echo):
    relay = Relay("127.0.0.1", to=echo)
    with socket.create_connection(relay.address, timeout=5) as asking:
        asking.sendall(b"Buy peacock feathers")
        assert asking.recv(1024) == b"Buy peacock feathers"
        asking.shutdown(socket.SHUT_WR)
        assert asking.recv(1024) == b""
    eventually(lambda: relay._open, lambda left: not left, what="the end of the connection", within_s=5)
    relay.close()


def test_where_nobody_listens_a_connection_ends():
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = gone.getsockname()
    relay = Relay("127.0.0.1", to=address)
    with socket.create_connection(relay.address, timeout=5) as asking:
        assert asking.recv(1024) == b""
    relay.close()


def test_closing_it_ends_what_goes_through_it(echo):
    relay = Relay("127.0.0.1", to=echo)
    with socket.create_connection(relay.address, timeout=5) as asking:
        asking.sendall(b"x")
        assert asking.recv(1) == b"x"
        relay.close()
        relay.close()
        assert asking.recv(1024) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(relay.address, timeout=5)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("172.17.0.1", False),
        ("db.example.com", False),
    ],
)
def test_what_only_this_machine_reaches(host, own):
    assert is_loopback(host) == own
