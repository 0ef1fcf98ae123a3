"""Wheels are those of what is asked for, whatever was gathered before."""

import hashlib
import subprocess
import tarfile
import threading
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from acceptance.project import project
from acceptance.wheelhouse import WheelsError, gather, packed


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder in the place of the wheels."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("own\n")
    declared = replace(project().image, wheels=str(tmp_path / "wheels"), requirements=str(requirements))
    monkeypatch.setitem(vars(project()), "image", declared)
    return tmp_path / "wheels"


@pytest.fixture
def pip(folder, monkeypatch):
    """What pip is asked for: each time it makes a wheel of each line, or fails at a line `nowhere`."""
    asked = []

    def run(command, *, cwd, **_):
        lines = Path(command[-1].removeprefix("--requirement=")).read_text().splitlines()
        asked.append((command, lines))
        if "nowhere" in lines:
            return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching distribution found for nowhere\n")
        for line in lines:
            Path(cwd, f"{line}.whl").touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def names(folder):
    return sorted(path.name for path in folder.glob("*.whl"))


def test_the_checkouts_own_requirements_are_asked_for_unless_others_are_given(folder, pip):
    gather("3.11")
    assert names(folder) == ["own.whl"]
    gather("3.11", "one\ntwo\n")
    assert names(folder) == ["one.whl", "two.whl"]


def test_what_was_gathered_is_not_gathered_again(folder, pip):
    for _ in range(2):
        gather("3.11", "one\n")
    assert len(pip) == 1


@pytest.mark.parametrize(
    "other", [("3.12", "one\n", "x86_64"), ("3.11", "two\n", "x86_64"), ("3.11", "one\n", "arm64")]
)
def test_for_another_python_machine_or_commit_they_are_others(folder, pip, other):
    gather("3.11", "one\n", "x86_64")
    gather(*other)
    assert len(pip) == 2
    assert names(folder) == [f"{other[1].strip()}.whl"]


def test_where_they_cannot_be_had_pip_is_quoted_and_those_before_stay(folder, pip):
    gather("3.11", "one\n")
    with pytest.raises(WheelsError, match="pip said: ERROR: No matching distribution found for nowhere"):
        gather("3.11", "nowhere\n")
    assert names(folder) == ["one.whl"]
    gather("3.11", "one\n")
    assert len(pip) == 2


def test_packed_they_are_those_that_were_asked_for(folder, pip):
    gather("3.11", "one\n")
    with tarfile.open(fileobj=BytesIO(packed("3.11", "two\nthree\n"))) as archive:
        assert archive.getnames() == ["three.whl", "two.whl"]


def test_killed_while_it_clears_what_is_left_vouches_for_nothing(folder, pip, monkeypatch):
    gather("3.11", "one\n")
    unlink = Path.unlink
    removed: list[str] = []

    def killed(path, **how):
        if path.parent == folder and removed:
            raise KeyboardInterrupt
        removed.append(path.suffix)
        unlink(path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            gather("3.11", "two\n")
    assert removed == [".done"]
    gather("3.11", "one\n")
    assert len(pip) == 3


def test_two_at_once_take_turns(folder, pip, monkeypatch):
    second, run = threading.Event(), subprocess.run
    met: list[bool] = []

    def slowly(command, **settings):
        done = run(command, **settings)
        if "one" in pip[-1][1]:
            other.start()
            met.append(second.wait(0.2))
        else:
            second.set()
        return done

    monkeypatch.setattr(subprocess, "run", slowly)
    other = threading.Thread(target=gather, args=("3.11", "two\n"))
    with tarfile.open(fileobj=BytesIO(packed("3.11", "one\n"))) as archive:
        assert archive.getnames() == ["one.whl"]
    other.join()
    assert met == [False]
    assert names(folder) == ["two.whl"]


def test_what_is_no_wheel_is_not_cleared_away(folder, pip):
    (folder / "of-somebody").mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    gather("3.11", "one\n")
    assert sorted(path.suffix for path in folder.iterdir()) == ["", ".done", ".txt", ".whl"]


@pytest.fixture
def released(tmp_path, monkeypatch):
    """The hash of a wheel that pip finds, and finds no other."""
    wheel = tmp_path / "index" / "feathers-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("feathers-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: feathers\nVersion: 1.0\n")
        file.writestr("feathers-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("feathers-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def test_a_wheel_with_another_hash_than_the_pinned_one_is_refused(folder, released):
    pinned = "feathers==1.0 --hash=sha256:"
    with pytest.raises(WheelsError, match=f"Got +{released}"):
        gather("3.11", f"{pinned}{'0' * 64}\n")
    assert names(folder) == []
    gather("3.11", f"{pinned}{released}\n")
    assert names(folder) == ["feathers-1.0-py3-none-any.whl"]
