"""What the lock calls its holder, and what it needs of a database."""

import os
import socket

import pytest
from django.db import OperationalError

from acceptance.django_app import database_lock as lock

# A port that nobody listens on: nothing here needs a server.
POSTGRES = {"ENGINE": "django.db.backends.postgresql", "NAME": "lists", "HOST": "127.0.0.1", "PORT": "1"}


@pytest.mark.parametrize("unnamed", [KeyError, OSError])
def test_a_process_of_a_user_without_a_name_goes_by_the_users_number(monkeypatch, unnamed):
    def fail():
        raise unnamed

    monkeypatch.setattr("getpass.getuser", fail)
    assert lock.this_process() == f"{os.getuid()}@{socket.gethostname()}, process {os.getpid()}"


def test_a_lock_on_a_server_that_is_not_there_is_an_error(lock_on, db):
    lock_on(**POSTGRES)
    with pytest.raises(OperationalError), lock.held("edith"):
        pass
