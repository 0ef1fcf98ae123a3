"""PostgreSQL's own side: what it keeps of a password, and whether a server can be connected to."""

import time
from collections.abc import Callable
from enum import Enum

import psycopg
from psycopg.pq import PGconn, Ping

SUPERUSER = "postgres"
CONNECT_TIMEOUT_S = 5
POLL_S = 0.01
WRONG = "password authentication failed"


class Login(Enum):
    """The result of a login."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NOW = "not now"


def scram_verifier(password: str) -> str:
    """Return what PostgreSQL keeps of a password, so that the password itself never reaches the container."""
    # libpq computes it on any connection, also on one that leads nowhere.
    connection = PGconn.connect_start(b"host=/nonexistent")
    return connection.encrypt_password(password.encode("ascii"), SUPERUSER.encode(), b"scram-sha-256").decode()


def accepts_connections(host: str, port: int) -> bool:
    """Tell whether a server accepts connections now; this needs no password."""
    return PGconn.ping(_address(host, port).encode()) == Ping.OK


def log_in(host: str, port: int, password: str) -> Login:
    """Log in as the superuser, and out again."""
    try:
        psycopg.connect(_address(host, port), dbname=SUPERUSER, password=password).close()
    except psycopg.OperationalError as error:
        return Login.REFUSED if WRONG in str(error) else Login.NOT_NOW
    return Login.ACCEPTED


def _address(host: str, port: int) -> str:
    # Without sslmode the first try would be one that the server refuses; without a user, an account without a
    # name here could ask nothing.
    return f"host={host} port={port} user={SUPERUSER} connect_timeout={CONNECT_TIMEOUT_S} sslmode=disable"


def eventually(condition: Callable[[], bool], *, within_s: float) -> bool:
    """Tell whether `condition` became true within this time: the only wait of this package."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True
