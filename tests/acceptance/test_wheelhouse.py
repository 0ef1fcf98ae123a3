"""Wheels are those of what is asked for, whatever was gathered before."""

import hashlib
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.project import project
from acceptance.wheelhouse import WheelsError, gather


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


def test_the_checkouts_own_requirements_are_gathered_once_unless_others_are_given(folder, pip):
    for _ in range(2):
        gather("3.11")
        assert names(folder) == ["own.whl"]
    assert len(pip) == 1
    (folder / "notes.txt").write_text("somebody's")
    gather("3.11", "one\ntwo\n")
    assert names(folder) == ["one.whl", "two.whl"]
    assert (folder / "notes.txt").exists()


@pytest.mark.parametrize("other", [("3.12", "one\n"), ("3.11", "two\n"), ("3.11", "one\n", "of-another-kind")])
def test_for_another_python_machine_or_commit_they_are_others(folder, pip, other):
    gather("3.11", "one\n")
    gather(*other)
    assert len(pip) == 2
    assert names(folder) == [f"{other[1].strip()}.whl"]


def test_what_is_asked_for_under_a_condition_is_judged_by_the_python_there(folder, pip):
    lines = "one ; python_full_version < '3.13' \\\n  --hash=a \\\n  --hash=b\ntwo ; python_version >= '3.13'\nthree\n"
    for python in ("3.11", "3.13"):
        gather(python, lines)
    asked = [[line.split() for line in lines] for _, lines in pip]
    assert asked == [[["one", "--hash=a", "--hash=b"], ["three"]], [["two"], ["three"]]]


def test_where_they_cannot_be_had_pip_is_quoted_and_those_before_stay(folder, pip):
    gather("3.11", "one\n")
    with pytest.raises(WheelsError, match="pip said: ERROR: No matching distribution found for nowhere"):
        gather("3.11", "nowhere\n")
    assert names(folder) == ["one.whl"]
    gather("3.11", "one\n")
    assert len(pip) == 2


@pytest.fixture
def released(tmp_path, monkeypatch):
    """The hash of a wheel that pip finds, and finds no other."""
    wheel = tmp_path / "index" / "feathers-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        needs = "Requires-Dist: backport; python_version > '3.10'"
        metadata = f"Metadata-Version: 2.1\nName: feathers\nVersion: 1.0\n{needs}\n"
        file.writestr("feathers-1.0.dist-info/METADATA", metadata)
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
    # This Python would need more than the list has, which is for another one.
    gather("3.9", f"{pinned}{released}\n")
    assert names(folder) == ["feathers-1.0-py3-none-any.whl"]
