"""One process at a time empties a site's database; who comes second is told who was first."""

import os
import re
import socket
import time
from datetime import UTC, datetime, timedelta
from getpass import getuser
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from acceptance.django_app import lock
from tests.acceptance.django_app.channel import ALIVE, Channel
from tests.acceptance.django_app.conftest import SITE
from tests.superlists.checkout import python

RESET = ("manage.py", "reset_site", "--site", "localhost")
EDITH = ("--holder", "edith@laptop")
IN_USE = r"CommandError: Refused: the database is in use by (.*) since ([0-9: -]{19}) UTC\. Scenarios need it .*\.\n"
SQLITE = "django.db.backends.sqlite3"


def holder(output):
    match = re.fullmatch(IN_USE, output)
    assert match, output
    assert abs(datetime.fromisoformat(f"{match[2]}+00:00") - datetime.now(UTC)) < timedelta(minutes=1)
    return match[1]


def test_a_second_channel_is_told_who_holds_the_database_and_since_when(checkout):
    with Channel(checkout, *EDITH):
        refused = python(checkout, "manage.py", "serve_fixtures")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert holder(refused.stderr) == "edith@laptop"


def test_a_channel_keeps_a_shell_from_emptying_the_site_but_not_itself(checkout):
    with Channel(checkout) as channel:
        refused = python(checkout, *RESET)
        assert holder(refused.stderr) == f"{getuser()}@{socket.gethostname()}, process {channel.process.pid}"
        assert channel.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}
        assert python(checkout, *RESET).returncode == 1
        # What empties nothing needs no lock.
        assert python(checkout, "manage.py", "create_session", "edith@example.com").returncode == 0


def test_a_channel_waits_too_and_answers_what_was_asked_meanwhile(checkout):
    with Channel(checkout, *EDITH) as first:
        second = Channel(checkout, "--wait", "20")
        second.process.stdin.write(ALIVE.decode())
        # Another process that does not wait is refused; the second was started before it.
        assert python(checkout, *RESET).returncode == 1
        assert second.process.poll() is None
        first.close()
        with second:
            assert second.answer() == {"alive": True}
            assert second.ask("reset_site", "--site", "localhost") == {"printed": "localhost is empty"}


def test_who_waits_does_so_as_long_as_it_said(checkout, lock_on, stamp):
    lock_on(ENGINE=SQLITE, NAME=str(checkout / "db.sqlite3"))
    with Channel(checkout, *EDITH):
        began = time.monotonic()
        with pytest.raises(CommandError, match="Refused: the database is in use by edith@laptop since 2"):
            call_command("reset_site", "--site", SITE, "--wait", "0.3")
    assert time.monotonic() - began >= 0.3


def test_a_lock_whose_file_says_nothing_is_held_by_another_process(checkout, lock_on):
    lock_on(ENGINE=SQLITE, NAME=str(checkout / "db.sqlite3"))
    with Channel(checkout):
        for written in (b"", b"edith", b"7", b"{}", b'{"holder": "edith"}', b"\xff"):
            (checkout / "db.sqlite3.lock").write_bytes(written)
            with pytest.raises(CommandError, match="the database is in use by another process"), lock.hold():
                pass


def test_it_is_taken_once_by_a_holder_and_again_after_a_failure_and_tells_of_the_last_one_only(lock_on, tmp_path):
    lock_on(ENGINE=SQLITE, NAME=str(tmp_path / "memory.sqlite3"))
    for name in ("edith with a long name", "francis"):
        with pytest.raises(RuntimeError, match="oh dear"), lock.hold(name), lock.hold("boris"):
            raise RuntimeError("oh dear")
    text = (tmp_path / "memory.sqlite3.lock").read_text()
    assert text.startswith('{"holder": "francis", ')
    assert "edith" not in text


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_a_database_in_memory_needs_none(lock_on, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    lock_on(ENGINE=SQLITE, NAME=name)
    with lock.hold():
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unnamed", [KeyError, OSError])
def test_a_process_of_a_user_without_a_name_goes_by_the_users_number(monkeypatch, unnamed):
    monkeypatch.setattr("getpass.getuser", Mock(side_effect=unnamed))
    assert lock.this_process() == f"{os.getuid()}@{socket.gethostname()}, process {os.getpid()}"


def test_a_lock_on_a_server_that_is_not_there_is_an_error(lock_on, db):
    lock_on(ENGINE="django.db.backends.postgresql", NAME="lists", HOST="127.0.0.1", PORT="1")
    with pytest.raises(OperationalError), lock.hold():
        pass
