"""Connections carried over one pair of streams; one end is a process, as in a container."""

import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import partial

import pytest

from features.targets import multiplexer
from features.targets.multiplexer import PIECE, Multiplexer
from features.targets.tunnel import is_loopback
from features.waiting import eventually

LARGE = bytes(range(256)) * 8192


@pytest.fixture
def echo():
    """A server that greets, says everything once more, and ends when it was told all; the address it is at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(connection):
            # Some leave in the middle.
            with connection, suppress(OSError):
                connection.sendall(b"Hello. ")
                while said := connection.recv(PIECE):
                    connection.sendall(said)

        def accept():
            with suppress(OSError):
                while True:
                    threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Way:
    """A process that listens, and what answers to it here."""

    def __init__(self, to):
        self.port = free_port()
        command = [sys.executable, multiplexer.__file__, str(self.port)]
        self._near, far = socket.socketpair()
        with far:
            self.process = subprocess.Popen(command, stdin=far.fileno(), stdout=far.fileno())
        assert self._near.recv(1) == b"\n"
        connect = partial(socket.create_connection, to)
        self.carrier = Multiplexer(partial(self._near.recv, PIECE), self._near.sendall, connect)
        self.thread = threading.Thread(target=self.carrier.run, daemon=True)
        self.thread.start()

    def connected(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def close(self):
        with suppress(OSError):
            self._near.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.process.wait(10)
        self._near.close()


@pytest.fixture
def way():
    opened = []

    def open_way(to):
        opened.append(Way(to))
        return opened[-1]

    yield open_way
    for each in opened:
        each.close()


def all_of(connection):
    """Return what is said until the other side has ended."""
    said = b""
    while piece := connection.recv(PIECE):
        said += piece
    return said


def test_who_answers_may_speak_first_and_each_direction_ends_by_itself(echo, way):
    there = way(echo)
    with there.connected() as asking:
        assert asking.recv(7) == b"Hello. "
        asking.sendall(b"Buy peacock feathers")
        asking.shutdown(socket.SHUT_WR)
        assert all_of(asking) == b"Buy peacock feathers"
    eventually(lambda: dict(there.carrier._connections), lambda left: not left, what="the end of it", within_s=5)


def test_many_at_once_are_not_mixed_up(echo, way):
    there = way(echo)
    connections = [there.connected() for _ in range(20)]
    for number, connection in enumerate(connections):
        connection.sendall(f"I am number {number}".encode())
    for number, connection in reversed(list(enumerate(connections))):
        connection.shutdown(socket.SHUT_WR)
        assert all_of(connection) == f"Hello. I am number {number}".encode()
        connection.close()


def test_what_does_not_fit_into_one_piece_arrives_whole(echo, way):
    with way(echo).connected() as asking:
        sending = threading.Thread(target=lambda: (asking.sendall(LARGE), asking.shutdown(socket.SHUT_WR)))
        sending.start()
        assert all_of(asking) == b"Hello. " + LARGE
        sending.join()


def test_where_nobody_listens_a_connection_ends_and_the_next_one_is_no_worse(way):
    there = way(("127.0.0.1", free_port()))
    for _ in range(2):
        with there.connected() as asking:
            assert asking.recv(PIECE) == b""


def test_somebody_who_leaves_in_the_middle_disturbs_nobody_else(echo, way):
    there = way(echo)
    with there.connected() as staying:
        leaving = there.connected()
        leaving.sendall(LARGE[:PIECE])
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        leaving.close()
        staying.sendall(b"x")
        staying.shutdown(socket.SHUT_WR)
        assert all_of(staying) == b"Hello. x"


def test_the_end_of_the_streams_is_the_end_of_all_connections(echo, way):
    there = way(echo)
    with there.connected() as asking:
        assert asking.recv(7) == b"Hello. "
        there.close()
        with suppress(ConnectionResetError):
            assert asking.recv(PIECE) == b""
    with pytest.raises(ConnectionRefusedError):
        there.connected()


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
