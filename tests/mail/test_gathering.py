"""How the catcher's packages come into its image: once, as the lock file has them."""

import os
from pathlib import Path

import pytest

from acceptance.container_engine import EngineError
from acceptance.images import Recipe, digest, inputs
from tests.mail import maildev
from tests.mail.maildev import gather_packages


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a lock file, where an npm that keeps a note of how often it ran does the work."""
    (tmp_path / "package-lock.json").write_text("{}")
    monkeypatch.setattr(maildev, "CONTEXT", tmp_path)
    monkeypatch.setattr(maildev, "LOCK", tmp_path / "package-lock.json")
    monkeypatch.setattr(maildev, "PACKAGES", tmp_path / "node_modules")
    return tmp_path


def npm(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    (bin_folder / "npm").write_text(f"#!/bin/sh\n{program}\n")
    (bin_folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


def gather() -> None:
    gather_packages(None, "")  # type: ignore[arg-type] # asks no engine


def test_packages_are_gathered_once_for_each_lock_file(context, monkeypatch):
    npm(context, monkeypatch, "rm -rf node_modules; mkdir node_modules; echo ran >> times")
    gather()
    gather()
    assert (context / "times").read_text() == "ran\n"
    (context / "package-lock.json").write_text('{"another": 1}')
    gather()
    assert (context / "times").read_text() == "ran\nran\n"


def test_a_machine_without_npm_is_told_so(context, monkeypatch):
    monkeypatch.setenv("PATH", str(context))
    with pytest.raises(EngineError, match=r"There is no npm, which gathers the mail catcher. Install npm"):
        gather()


def test_what_npm_says_is_told_and_the_next_try_begins_anew(context, monkeypatch):
    npm(context, monkeypatch, "mkdir node_modules; echo no such host >&2; exit 1")
    with pytest.raises(EngineError, match="npm could not gather the mail catcher: no such host"):
        gather()
    assert list((context / "node_modules").iterdir()) == []


def test_what_is_gathered_makes_no_other_image(context):
    recipe = Recipe("a-catcher", context, "Dockerfile", gathered=context / "node_modules")
    before = digest(recipe, "base")
    (context / "node_modules").mkdir()
    (context / "node_modules" / "index.js").touch()
    assert digest(recipe, "base") == before
    assert inputs(recipe) == ["package-lock.json"]
    assert "node_modules/index.js" in inputs(Recipe("a-catcher", context, "Dockerfile"))
