"""A database that is lent to a run is given back: by that run, or by the next one."""

from types import SimpleNamespace
from typing import Any

import pytest

from acceptance.scratch_dir import RUN, ScratchDir
from acceptance.targets.database_lease import LONGEST_RUN_S, DatabaseLease
from acceptance.targets.run_resources import LEASE
from databases.client import UnreachableError

URL = "http://127.0.0.1:8700"


class Lender:
    """What a service would do, without one."""

    def __init__(self) -> None:
        self.there: dict[str, dict[str, Any]] = {}
        self.fails: list[BaseException] = []

    def make(self, storage_dir, admin_password):
        found = {"id": f"id-{storage_dir}", "storage_dir": storage_dir, "age": 0, "host": "db", "port": 5432}
        self.there.setdefault(storage_dir, found)
        if self.fails:
            raise self.fails.pop()
        return self.there[storage_dir]

    def all(self):
        return list(self.there.values())

    def delete(self, identity, data):
        assert data == "drop"
        del self.there[identity.removeprefix("id-")]
        return {}


@pytest.fixture
def lender():
    return Lender()


@pytest.fixture
def begin(monkeypatch, tmp_path, lender):
    """Begin another run, which goes on or has been killed."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    scratches = []

    def begun(letter, *, killed=False):
        scratches.append(scratch := ScratchDir(RUN))
        if killed:
            scratch.unlock()
        folder = scratch.folder.rename(tmp_path / f"superlists-{letter * 12}")
        run: Any = SimpleNamespace(run=letter * 12, folder=folder)
        return DatabaseLease(lender, URL, run)

    yield begun
    for scratch in scratches:
        scratch.unlock()


def notes(folder):
    return sorted(path.parent.name[-1] for path in folder.glob(f"*/{LEASE}"))


def test_it_is_noted_for_as_long_as_it_lasts(begin, lender, tmp_path):
    lease = begin("a")
    assert lease.take("password") == ("db", 5432)
    assert (list(lender.there), notes(tmp_path)) == ([f"run-{'a' * 12}"], ["a"])
    lease.give_back()
    lease.give_back()
    assert (lender.there, notes(tmp_path)) == ({}, [])


def test_an_interruption_amid_the_request_leaves_nothing(begin, lender, tmp_path):
    lease = begin("a")
    lender.fails = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        lease.take("password")
    assert lender.there
    lease.give_back()
    assert (lender.there, notes(tmp_path)) == ({}, [])


def test_what_cannot_be_given_back_stays_noted(begin, lender, tmp_path):
    lease = begin("a")
    lease.take("password")
    lender.fails = [UnreachableError("No service answers")]
    with pytest.raises(UnreachableError):
        lease.give_back()
    assert notes(tmp_path) == ["a"]


def test_what_an_ended_run_left_is_given_back_and_a_live_ones_is_not(begin, lender, tmp_path):
    runs = {letter: begin(letter, killed=letter != "e") for letter in "def"}
    for lease in runs.values():
        lease.take("password")
    # Another service's is not for this one to give back.
    (tmp_path / f"superlists-{'f' * 12}" / LEASE).write_text("http://elsewhere:8700")
    lender.make("by-hand", "password")
    begin("a").give_back_orphans()
    assert set(lender.there) == {f"run-{'e' * 12}", f"run-{'f' * 12}", "by-hand"}
    assert notes(tmp_path) == ["e", "f"]


def test_what_no_run_can_still_use_is_given_back_wherever_it_ran(begin, lender):
    gone, young = f"run-{'d' * 12}", f"run-{'e' * 12}"
    for name in (gone, young, "run-by-hand"):
        lender.make(name, "password")["age"] = LONGEST_RUN_S + 1
    lender.there[young]["age"] = LONGEST_RUN_S
    begin("a").give_back_orphans()
    assert set(lender.there) == {young, "run-by-hand"}
