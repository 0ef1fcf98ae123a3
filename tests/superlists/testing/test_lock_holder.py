"""What the lock calls its holder, and what it needs of a database."""

import os
import socket

import pytest
from django.db import OperationalError

from superlists.testing import lock

# A port that nobody listens on: nothing here needs a server.
POSTGRES = {"ENGINE": "django.db.backends.postgresql", "NAME": "lists", "HOST": "127.0.0.1", "PORT": "1"}


@pytest.mark.parametrize("unnamed", [KeyError, OSError])
def test_a_process_of_a_user_without_a_name_goes_by_the_users_number(monkeypatch, unnamed):
    def fail():
        raise unnamed

    monkeypatch.setattr("getpass.getuser", fail)
    assert lock.this_process() == f"{os.getuid()}@{socket.gethostname()}, process {os.getpid()}"


def test_on_postgresql_only_the_locks_own_connection_bears_its_holders_name(lock_on, db):
    databases = lock_on(**POSTGRES)
    with pytest.raises(OperationalError), lock.held("edith"):
        pass
    own = lock._AdvisoryLock("Édith@" + "x" * 99)._connection.get_connection_params()
    assert own["application_name"] == "?dith@" + "x" * 57
    assert "application_name" not in databases["default"].get_connection_params()
