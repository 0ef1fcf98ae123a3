"""The lock on a database, as the process that holds it or asks for it sees it."""

import time

import pytest
from django.core.management import CommandError, call_command

from acceptance.django_app import database_lock as lock
from tests.superlists.testing.channel import Channel
from tests.superlists.testing.conftest import SITE

SQLITE = "django.db.backends.sqlite3"


@pytest.fixture
def beside(lock_on, tmp_path):
    """Use a database at this path; return the file of its lock."""

    def call(name="lists.sqlite3"):
        lock_on(ENGINE=SQLITE, NAME=str(tmp_path / name))
        return tmp_path / f"{name}.lock"

    return call


def refusal():
    with pytest.raises(CommandError) as refused, lock.held("francis"):
        pass
    return str(refused.value)


def test_a_held_lock_is_a_file_beside_the_database(beside):
    file = beside()
    with lock.held("edith@laptop"):
        assert '"edith@laptop"' in file.read_text()


def test_what_a_holder_does_needs_no_second_lock(beside):
    file = beside()
    with lock.held("edith"):
        for name in ("francis", "harriet"):
            with lock.held(name):
                assert "edith" in file.read_text()
                assert len(lock._mine) == 1


def test_it_can_be_taken_again_and_tells_of_its_last_holder_only(beside):
    file = beside()
    for name in ("edith with a long name", "francis"):
        with lock.held(name):
            pass
    assert file.read_text().startswith('{"holder": "francis", ')
    assert "edith" not in file.read_text()


def test_a_failure_of_its_holder_gives_it_back(beside):
    beside()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="oh dear"), lock.held("edith"):
            raise RuntimeError("oh dear")
    assert lock._mine == []


def test_who_waits_does_so_as_long_as_it_said(checkout, lock_on, stamp):
    lock_on(ENGINE=SQLITE, NAME=str(checkout / "db.sqlite3"))
    with Channel(checkout, "--holder", "edith@laptop"):
        began = time.monotonic()
        with pytest.raises(CommandError, match="Refused: the database is in use by edith@laptop since 2"):
            call_command("reset_site", "--site", SITE, "--wait", "0.3")
    assert 0.3 <= time.monotonic() - began < 10


def test_another_name_of_the_file_is_the_same_database(checkout, lock_on, tmp_path):
    (tmp_path / "current").symlink_to(checkout / "db.sqlite3")
    lock_on(ENGINE=SQLITE, NAME=str(tmp_path / "current"))
    with Channel(checkout, "--holder", "edith@laptop"):
        assert "edith@laptop" in refusal()


def test_a_lock_whose_file_says_nothing_is_held_by_another_process(checkout, lock_on):
    lock_on(ENGINE=SQLITE, NAME=str(checkout / "db.sqlite3"))
    with Channel(checkout):
        for said in (b"", b"edith", b"7", b"[]", b"{}", b'{"holder": "edith"}', b"\xff"):
            (checkout / "db.sqlite3.lock").write_bytes(said)
            assert refusal().startswith("Refused: the database is in use by another process. ")


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_default?mode=memory&cache=shared"])
def test_a_database_in_memory_needs_none(lock_on, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    lock_on(ENGINE=SQLITE, NAME=name)
    with lock.held("edith"):
        assert list(tmp_path.iterdir()) == lock._mine == []


def test_a_file_whose_name_speaks_of_memory_is_a_file(beside):
    file = beside("memory.sqlite3")
    with lock.held("edith"):
        assert file.exists()
