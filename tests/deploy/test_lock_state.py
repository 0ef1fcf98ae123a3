"""Who holds a site's lock, as a machine tells whoever only looks: on a real lock, held by a real process."""

import fcntl
import json
import subprocess
import sys

import pytest

from deploy.status import lock_state
from tests.deploy.this_machine import ThisMachine, place_in

COMING_AND_GOING = """
import fcntl, select, sys
refused = 0
print("began", flush=True)
while not select.select([0], [], [], 0)[0]:
    with open(sys.argv[1], "a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            refused += 1
print(f"refused {refused} times")
"""


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


def test_one_that_nobody_ever_took_is_free_and_stays_so(place, tmp_path):
    assert lock_state(ThisMachine(), place) == "free"
    assert not (tmp_path / "db.sqlite3.lock").exists()


def test_who_holds_it_is_told_until_they_do_no_more(place, tmp_path):
    with (tmp_path / "db.sqlite3.lock").open("w") as lock:
        json.dump({"holder": "edith", "since": "noon"}, lock)
        lock.flush()
        assert lock_state(ThisMachine(), place) == "free"
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert lock_state(ThisMachine(), place) == "held by edith since noon"
        lock.truncate(0)
        assert lock_state(ThisMachine(), place) == "held by another process"
    assert lock_state(ThisMachine(), place) == "free"


def test_the_lock_of_a_database_that_is_a_link_is_beside_the_file_itself(place, tmp_path):
    (tmp_path / "db.sqlite3").symlink_to("lists")
    with (tmp_path / "lists.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert lock_state(ThisMachine(), place) == "held by another process"


def test_who_comes_while_somebody_looks_is_not_refused(place, tmp_path):
    (tmp_path / "db.sqlite3.lock").touch()
    command = [sys.executable, "-c", COMING_AND_GOING, str(tmp_path / "db.sqlite3.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as coming:
        assert coming.stdout
        assert coming.stdout.readline() == "began\n"
        for _ in range(20):
            lock_state(ThisMachine(), place)
        assert coming.communicate()[0] == "refused 0 times\n"


def test_what_cannot_be_told_is_not_free(place, tmp_path):
    (tmp_path / "db.sqlite3").symlink_to("db.sqlite3.lock")
    (tmp_path / "db.sqlite3.lock").symlink_to("db.sqlite3")
    assert lock_state(ThisMachine(), place).startswith("not to be had: ")
