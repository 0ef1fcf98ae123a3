"""Releases that ask for the same requirements share a virtualenv, which goes when no release leads to it."""

import sys

import pytest

from acceptance.ssh import ServerError
from deploy.runtimes.virtualenv import VIRTUALENV, Virtualenv
from tests.deploy.this_machine import ThisMachine, layout_in


@pytest.fixture
def layout(tmp_path):
    """A site of three releases, the first two with one virtualenv; and what a killed deploy left."""
    made = layout_in(tmp_path)
    for release, virtualenv in (("one", "shared"), ("two", "shared"), ("three", "own")):
        (tmp_path / "releases" / release).mkdir()
        (tmp_path / "virtualenvs" / virtualenv).mkdir(exist_ok=True)
        (tmp_path / "releases" / release / VIRTUALENV).symlink_to(tmp_path / "virtualenvs" / virtualenv)
    (tmp_path / "virtualenvs" / "half.new").mkdir()
    return made


def virtualenvs(folder):
    return {path.name for path in (folder / "virtualenvs").iterdir()}


def test_a_virtualenv_stays_while_another_release_leads_to_it(layout, tmp_path):
    assert Virtualenv().remove_unused(ThisMachine(), layout, {"two", "three"}) == ["the virtualenv half.new"]
    assert virtualenvs(tmp_path) == {"shared", "own"}
    Virtualenv().remove_unused(ThisMachine(), layout, {"one", "two"})
    assert virtualenvs(tmp_path) == {"shared"}


def test_where_nobody_can_tell_which_are_used_none_is_removed(layout, tmp_path):
    with pytest.raises(ServerError, match="Looking which virtualenvs are used"):
        Virtualenv().remove_unused(ThisMachine(before='case "$1" in find) kill -9 $$;; esac'), layout, {"two"})
    assert "shared" in virtualenvs(tmp_path)


def test_a_release_whose_virtualenv_is_gone_or_was_for_another_python_is_not_complete(layout, tmp_path):
    """After an upgrade of the machine the virtualenv's interpreter is gone, or finds none of its packages."""
    assert not Virtualenv().is_complete(ThisMachine(), layout, "three")
    python = tmp_path / "virtualenvs" / "own" / "bin" / "python"
    python.parent.mkdir()

    def is_complete(program):
        python.write_text(f"#!/bin/sh\n{program}\n")
        python.chmod(0o755)
        return Virtualenv().is_complete(ThisMachine(), layout, "three")

    assert is_complete(f'exec {sys.executable} "$@"')
    assert not is_complete(f'exec {sys.executable} -I -S "$@"')
    # One that serves is not taken for broken because the machine was short of memory for a moment.
    with pytest.raises(ServerError, match="Trying "):
        is_complete("kill -9 $$")
