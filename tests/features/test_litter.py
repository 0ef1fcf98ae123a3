import os
import subprocess
import tempfile

import pytest

from features.litter import Litter, sweep


@pytest.fixture(autouse=True)
def _own_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def abandoned() -> Litter:
    """What a run leaves that is killed: the system lets go of its lock."""
    left = Litter()
    left._lock.close()
    return left


def writing_in(folder: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(["sleep", "60"], env=os.environ | {"TMPDIR": folder})


def test_what_a_killed_run_left_is_ended_and_removed():
    left = abandoned()
    (left.folder / "profile").mkdir()
    process = writing_in(str(left.folder))
    sweep()
    assert process.wait(5) == -9
    assert not left.folder.exists()


def test_what_a_run_uses_is_left_alone():
    used = Litter()
    process = writing_in(str(used.folder))
    sweep()
    assert process.poll() is None
    assert used.folder.exists()
    used.remove()
    assert process.wait(5) == -9
    assert not used.folder.exists()
    used.remove()


def test_a_folder_without_lock_is_somebody_elses(tmp_path):
    (tmp_path / "superlists-of-a-test").mkdir()
    sweep()
    assert (tmp_path / "superlists-of-a-test").exists()
