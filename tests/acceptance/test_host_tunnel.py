"""Connections carried over one pair of streams; one end is a process, as in a container."""

import socket
import sys
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from acceptance.remote_command import Command
from acceptance.targets import host_tunnel
from acceptance.targets.host_tunnel import PIECE, Tunnel
from acceptance.waiting import eventually
from deploy.box import free_ports
from tests.deploy.this_machine import ThisMachine

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


def far_end(port):
    """Start the end that runs in a container, as a process of this machine."""
    command = (sys.executable, host_tunnel.__file__, str(port))
    return ThisMachine().open(Command(command, step="Listening"))


@pytest.fixture
def tunnel():
    """Open a tunnel to an address; give a function that connects to its other end, and one that closes it."""
    opened = []

    def open_tunnel(to):
        port = free_ports()[0]
        opened.append(Tunnel(far_end(port), to))
        return partial(socket.create_connection, ("127.0.0.1", port), timeout=10), opened[-1].close

    yield open_tunnel
    for each in opened:
        each.close()


def all_of(connection):
    """Return what is said until the other side has ended."""
    said = b""
    while piece := connection.recv(PIECE):
        said += piece
    return said


def test_who_answers_may_speak_first_and_each_direction_ends_by_itself(echo, tunnel):
    connect, _ = tunnel(echo)
    with connect() as asking:
        assert asking.recv(7) == b"Hello. "
        sending = threading.Thread(target=lambda: (asking.sendall(LARGE), asking.shutdown(socket.SHUT_WR)))
        sending.start()
        assert all_of(asking) == LARGE
        sending.join()


def test_many_at_once_are_not_mixed_up_and_let_go_of_when_they_end(echo, tunnel):
    def open_files():
        return len([*Path("/proc/self/fd").iterdir()])

    connect, _ = tunnel(echo)
    before = open_files()
    connections = [connect() for _ in range(20)]
    for number, connection in enumerate(connections):
        connection.sendall(f"I am number {number}".encode())
    for number, connection in reversed(list(enumerate(connections))):
        connection.shutdown(socket.SHUT_WR)
        assert all_of(connection) == f"Hello. I am number {number}".encode()
        connection.close()
    eventually(open_files, lambda left: left < before + 10, what="their end", within_s=5)


def test_where_nobody_listens_a_connection_ends_and_the_next_one_is_no_worse(tunnel):
    connect, _ = tunnel(("127.0.0.1", free_ports()[0]))
    for _ in range(2):
        with connect() as asking:
            assert asking.recv(PIECE) == b""


def test_the_end_of_the_tunnel_is_the_end_of_all_connections(echo, tunnel):
    connect, close = tunnel(echo)
    with connect() as asking:
        assert asking.recv(7) == b"Hello. "
        close()
        with suppress(ConnectionResetError):
            assert asking.recv(PIECE) == b""
    with pytest.raises(ConnectionRefusedError):
        connect()


def test_a_port_that_is_taken_in_the_container_is_told(echo):
    with pytest.raises(ConnectionError, match=r"(?s)no way to this machine: .*Address already in use"):
        Tunnel(far_end(echo[1]), echo)
