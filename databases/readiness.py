"""Whether a server can be connected to: asked at its port, as its clients do."""

from enum import Enum

import psycopg
from psycopg.pq import PGconn, Ping

SUPERUSER = "postgres"
PATIENCE_S = 5
WRONG = "password authentication failed"


class Login(Enum):
    """What came of a login."""

    IN = "in"
    REFUSED = "refused"
    NOT_NOW = "not now"


def answers(host: str, port: int) -> bool:
    """Tell whether a server takes connections now; that needs no password."""
    # Without sslmode the first try would be one that the server refuses; without a user, one whose number has no
    # name here could ask nothing.
    asked = f"host={host} port={port} user={SUPERUSER} connect_timeout={PATIENCE_S} sslmode=disable"
    return PGconn.ping(asked.encode()) == Ping.OK


def login(host: str, port: int, password: str) -> Login:
    """Log in as the superuser, and out again."""
    try:
        psycopg.connect(
            host=host,
            port=port,
            user=SUPERUSER,
            dbname=SUPERUSER,
            password=password,
            connect_timeout=PATIENCE_S,
            sslmode="disable",
        ).close()
    except psycopg.OperationalError as error:
        return Login.REFUSED if WRONG in str(error) else Login.NOT_NOW
    return Login.IN
