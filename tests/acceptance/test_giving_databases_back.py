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
    """What a service would do, without one; `fails` is raised in the midst of the next request."""

    def __init__(self) -> None:
        self.there: dict[str, dict[str, Any]] = {}
        self.fails: BaseException | None = None

    def make(self, storage_dir, admin_password):
        found = {"id": storage_dir, "storage_dir": storage_dir, "age": 0, "host": "db", "port": 5432}
        self.there.setdefault(storage_dir, found)
        if self.fails:
            raise self.fails
        return self.there[storage_dir]

    def all(self):
        return list(self.there.values())

    def delete(self, identity, data):
        assert data == "drop"
        return self.there.pop(identity)


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


def test_an_interruption_amid_the_request_leaves_nothing(begin, lender, tmp_path):
    lease, lender.fails = begin("a"), KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        lease.take("password")
    lender.fails = UnreachableError("No service answers")
    with pytest.raises(UnreachableError):
        lease.give_back()
    # What cannot be given back stays noted.
    assert (list(lender.there), notes(tmp_path)) == ([f"run-{'a' * 12}"], ["a"])
    lender.fails = None
    for _ in range(2):
        lease.give_back()
    assert (lender.there, notes(tmp_path)) == ({}, [])


def test_what_an_ended_run_left_or_is_too_old_is_given_back_and_nothing_else(begin, lender, tmp_path):
    for letter in "def":
        begin(letter, killed=letter != "e").take("password")
    # Another service's is not for this one to give back.
    (tmp_path / f"superlists-{'f' * 12}" / LEASE).write_text("http://elsewhere:8700")
    # Those of runs elsewhere, and a person's own.
    for name, age in (("b" * 12, LONGEST_RUN_S), ("c" * 12, LONGEST_RUN_S + 1), ("by-hand", LONGEST_RUN_S + 1)):
        lender.make(f"run-{name}", "password")["age"] = age
    begin("a").give_back_orphans()
    assert set(lender.there) == {f"run-{name}" for name in ("b" * 12, "e" * 12, "f" * 12, "by-hand")}
    assert notes(tmp_path) == ["e", "f"]
