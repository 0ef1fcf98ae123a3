"""A database that is borrowed is given back: by its run, or by the next one."""

import fcntl
from types import SimpleNamespace

import pytest

from acceptance.targets.base import TargetError
from acceptance.targets.database_lease import LONGEST_RUN_S, Borrowed
from databases.client import UnreachableError
from databases.errors import RefusedError

URL = "http://127.0.0.1:8700"


class Lender:
    """What a service would do, without one."""

    def __init__(self) -> None:
        self.there: dict[str, dict] = {}
        self.fails: list[BaseException] = []

    def make(self, name, _password):
        self.there.setdefault(name, {"id": f"id-{name}", "storage_dir": name, "age": 0})
        if self.fails:
            raise self.fails.pop()
        return self.there[name]

    def all(self):
        if self.fails:
            raise self.fails.pop()
        return list(self.there.values())

    def delete(self, identity, data):
        assert data == "drop"
        name = identity.removeprefix("id-")
        if self.fails:
            raise self.fails.pop()
        if self.there.pop(name, None) is None:
            raise RefusedError(404, "There is no such database")


@pytest.fixture
def lender():
    return Lender()


@pytest.fixture
def borrowing(monkeypatch, tmp_path, lender):
    """Begin another run, which borrows from the lender."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def begin(run="a" * 12):
        borrowed = Borrowed(URL, "token")
        borrowed._client = lender
        return borrowed, SimpleNamespace(run=run, lock=tmp_path / f"superlists-{run}.lock")

    return begin


def test_it_is_noted_for_as_long_as_it_is_borrowed(borrowing, lender, tmp_path):
    borrowed, owned = borrowing()
    assert borrowed.take(owned, "password")["storage_dir"] == f"run-{owned.run}"
    assert [path.read_text() for path in tmp_path.glob("*.borrowed")] == [URL]
    borrowed.give_back()
    borrowed.give_back()
    assert (lender.there, list(tmp_path.iterdir())) == ({}, [])


def test_an_interruption_amid_the_request_leaves_nothing(borrowing, lender, tmp_path):
    borrowed, owned = borrowing()
    lender.fails = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        borrowed.take(owned, "password")
    assert lender.there
    borrowed.give_back()
    assert (lender.there, list(tmp_path.iterdir())) == ({}, [])


@pytest.mark.parametrize("error", [RefusedError(409, "no more are allowed"), UnreachableError("No service answers")])
def test_why_none_is_lent_is_told(borrowing, lender, error):
    borrowed, owned = borrowing()
    lender.fails = [error]
    with pytest.raises(TargetError, match=f"The service of databases gave none: {error}"):
        borrowed.take(owned, "password")


def test_what_cannot_be_given_back_is_told_and_noted(borrowing, lender, tmp_path, capfd):
    borrowed, owned = borrowing()
    borrowed.take(owned, "password")
    lender.fails = [UnreachableError("No service answers")]
    borrowed.give_back()
    assert f"The database run-{owned.run} stays: No service answers. The next run removes it." in capfd.readouterr().err
    assert list(tmp_path.glob("*.borrowed"))
    borrowing("b" * 12)[0].give_back_what_dead_runs_left()
    assert (lender.there, list(tmp_path.iterdir())) == ({}, [])


def test_what_a_dead_run_left_is_given_back_and_a_live_ones_is_not(borrowing, lender, tmp_path):
    for run in ("d" * 12, "e" * 12, "f" * 12):
        borrowed, owned = borrowing(run)
        borrowed.take(owned, "password")
        owned.lock.touch()
    # Another service's is not for this one to give back.
    (tmp_path / f"superlists-{'f' * 12}.borrowed").write_text("http://elsewhere:8700")
    lender.make("by-hand", "password")
    with (tmp_path / f"superlists-{'e' * 12}.lock").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        borrowing()[0].give_back_what_dead_runs_left()
    assert set(lender.there) == {f"run-{'e' * 12}", f"run-{'f' * 12}", "by-hand"}
    assert sorted(path.stem[-1] for path in tmp_path.glob("*.borrowed")) == ["e", "f"]


def test_what_no_run_can_still_use_is_given_back_wherever_it_ran(borrowing, lender):
    gone, young = f"run-{'d' * 12}", f"run-{'e' * 12}"
    for name in (gone, young, "run-by-hand"):
        lender.make(name, "password")["age"] = LONGEST_RUN_S + 1
    lender.there[young]["age"] = LONGEST_RUN_S
    borrowing()[0].give_back_what_dead_runs_left()
    assert set(lender.there) == {young, "run-by-hand"}


def test_a_service_that_does_not_answer_is_told_before_anything_is_begun(borrowing, lender):
    lender.fails = [UnreachableError("No service answers")]
    with pytest.raises(TargetError, match="The service of databases gave none: No service answers"):
        borrowing()[0].give_back_what_dead_runs_left()
