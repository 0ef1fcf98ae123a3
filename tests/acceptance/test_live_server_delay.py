"""The live server's own sockets, which no answer shows."""

import socket

from django.core.servers.basehttp import WSGIRequestHandler

from acceptance.targets.django_server import QuickServer


def test_an_answer_is_sent_at_once():
    with QuickServer(("127.0.0.1", 0), WSGIRequestHandler, connections_override={}) as server:
        with socket.create_connection(("127.0.0.1", server.server_port)):
            connection, _ = server.get_request()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
