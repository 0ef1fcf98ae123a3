"""A deploy that lost its lock, which somebody else may have by now, does nothing more."""

import fcntl
import json
from pathlib import Path

import pytest

from acceptance.remote_command import Command
from acceptance.ssh import ServerError
from deploy import remote_commands as errands
from deploy import site_lock as lock
from tests.deploy.this_machine import ThisMachine, place_in

LOST = "Writing failed with exit code 79: the site's lock was lost, so nothing was done"


@pytest.fixture
def place(tmp_path):
    return place_in(tmp_path)


@pytest.fixture
def one():
    return ThisMachine()


def holder(place):
    return json.loads(Path(place.lock).read_text())["holder"]


def writing(path, content="", **changes):
    return Command(("dd", "status=none", f"of={path}"), says="Writing", stdin=content, **changes)


def test_a_step_has_its_input_its_output_and_its_exit_code(one, place, tmp_path):
    with lock.held(one, place, "deploying"):
        one.run(writing(tmp_path / "file", "words"))
        assert one.run(Command(("cat", str(tmp_path / "file")), says="Reading")) == "words"
        assert not one.tells(Command(("test", "-e", str(tmp_path / "none")), says="Looking"), no=1)
        with pytest.raises(ServerError, match=r"(?s)Failing failed with exit code 3: oh dear"):
            one.run(Command(("sh", "-c", "echo oh dear >&2; exit 3"), says="Failing"))


@pytest.mark.parametrize("sudo", [False, True])
def test_a_deploy_whose_holder_is_killed_does_nothing_beside_whoever_comes_next(one, place, tmp_path, sudo):
    with lock.held(one, place, "deploying"):
        one.run(writing(tmp_path / "before"))
        one.opened[0].kill()
        with lock.held(ThisMachine(), place, "deploying at a desk"):
            with pytest.raises(ServerError, match=LOST):
                one.run(writing(tmp_path / "after", sudo=sudo))
            assert "at a desk" in holder(place)
    assert [(tmp_path / name).exists() for name in ("before", "after")] == [True, False]


def test_a_deploy_that_was_suspended_does_nothing_more(one, place, tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "SILENCE_S", 1)
    with lock.held(one, place, "deploying in a train"), lock.held(ThisMachine(), place, "at a desk", wait_s=20):
        with pytest.raises(ServerError, match=LOST):
            one.run(writing(tmp_path / "after"))
        assert not (tmp_path / "after").exists()


def removed(folder):
    (folder / "db.sqlite3.lock").unlink()


def leading_elsewhere(folder):
    (folder / "db.sqlite3").symlink_to("other.sqlite3")


@pytest.mark.parametrize("changed", [removed, leading_elsewhere])
def test_a_deploy_whose_lock_is_another_one_now_does_nothing_more(one, place, tmp_path, changed):
    with lock.held(one, place, "deploying"):
        changed(tmp_path)
        with pytest.raises(ServerError, match=LOST):
            one.run(writing(tmp_path / "after"))
    assert not (tmp_path / "after").exists()


def test_a_step_keeps_the_lock_until_its_end_whatever_becomes_of_the_holder(one, place, tmp_path, monkeypatch):
    monkeypatch.setattr(errands, "TURN_WITHIN_S", 0.1)
    with lock.held(one, place, "deploying"):
        waiting = ("sh", "-c", f"echo begun; read line; echo $line > {tmp_path / 'after'}")
        token = json.loads(Path(place.lock).read_text())["token"]
        step = one.open(errands.carrying_locks(Command(waiting, says="Taking its time"), place.turns, token))
        assert step.read(20) == b"begun\n"
        with pytest.raises(ServerError, match="a step of a deploy that was cut off still runs there"):
            one.run(Command(("true",), says="Looking"))
        one.opened[0].kill()
        with Path(place.lock).open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        step.write(b"done\n")
        assert step.end() == (0, "")
    with lock.held(ThisMachine(), place, "deploying at a desk"):
        assert (tmp_path / "after").read_text() == "done\n"
