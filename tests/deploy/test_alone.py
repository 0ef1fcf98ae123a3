"""A folder is one process's at a time, also when it is removed and made again."""

import threading
from types import SimpleNamespace

import pytest

from acceptance.folder_lock import alone_in
from acceptance.waiting import eventually


@pytest.fixture
def second(tmp_path):
    """Begins to wait for the folder; `there` tells once it has it."""

    there, done = threading.Event(), threading.Event()

    def come():
        with alone_in(tmp_path / "shared"):
            there.set()
            done.wait(10)

    thread = threading.Thread(target=come)
    yield SimpleNamespace(begin=thread.start, there=there, done=done)
    done.set()
    thread.join()


def test_who_comes_second_says_so_and_waits(tmp_path, second, capsys):
    with alone_in(tmp_path / "shared"):
        second.begin()
        said = eventually(lambda: capsys.readouterr().err, what="that it waits")
        assert said == f"Waiting for another process that works in {tmp_path / 'shared'}…\n"
        assert not second.there.is_set()
    assert second.there.wait(5)


def test_who_waited_for_a_folder_that_was_removed_has_the_new_one(tmp_path, second, capsys):
    with alone_in(tmp_path / "shared"):
        second.begin()
        eventually(lambda: capsys.readouterr().err, what="that it waits")
        (tmp_path / "shared").rmdir()
    assert second.there.wait(5)
    third = threading.Event()

    def come():
        with alone_in(tmp_path / "shared"):
            third.set()

    thread = threading.Thread(target=come)
    thread.start()
    eventually(lambda: capsys.readouterr().err, what="that the third waits for the second")
    assert not third.is_set()
    second.done.set()
    thread.join()
    assert third.is_set()


def test_a_folder_that_is_made_is_for_whom_it_should_be(tmp_path):
    with alone_in(tmp_path / "own", mode=0o700):
        assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
