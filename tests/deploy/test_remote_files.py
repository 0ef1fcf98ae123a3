"""Files on a server, put and looked for by this machine's own programs."""

import os
import stat
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from acceptance.ssh import ServerError
from deploy.remote_files import is_there, linked_names, put_file, switch_link
from tests.deploy.this_machine import ThisMachine

LOOKS = [is_there, linked_names]


def run(command):
    ThisMachine().run(command)


@pytest.mark.parametrize("content", ["", 'KEY=it\'s "$HOME"\n', "買い物 🦚\n", "x" * 1_000_000])
def test_a_file_is_put_in_place_whatever_it_says(tmp_path, content):
    path = tmp_path / "site.env"
    path.write_text("older, and longer than what follows")
    run(put_file(path, content, mode="600"))
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == (content, 0o600)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("arrived", ["", "ssh-ed25519 AAAA\n"])
def test_a_file_of_which_a_link_that_was_cut_brought_the_beginning_is_not_put_in_place(tmp_path, arrived):
    path = tmp_path / "authorized_keys"
    path.write_text("as it was")
    with pytest.raises(ServerError, match=r"Writing .*/authorized_keys failed"):
        run(replace(put_file(path, "ssh-ed25519 AAAA\nssh-ed25519 BBBB\n"), stdin=arrived))
    assert path.read_text() == "as it was"


def test_a_link_is_switched_and_leaves_nothing_beside(tmp_path):
    for release in ("1", "2", "1"):
        (tmp_path / release).mkdir(exist_ok=True)
        run(switch_link(tmp_path / "current", tmp_path / release))
        assert (tmp_path / "current").readlink() == tmp_path / release
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["1", "2", "current"]


def test_a_name_is_that_name_and_no_pattern(tmp_path):
    (tmp_path / "yesterday").touch()
    names = ["yesterday", "*", "yesterda[y]"]
    assert [is_there(ThisMachine(), tmp_path / name) for name in names] == [True, False, False]


@pytest.mark.parametrize("look", LOOKS)
def test_what_cannot_be_told_is_an_error(look, tmp_path):
    (tmp_path / "site").symlink_to("not-mounted")
    (tmp_path / "file").touch()
    for folder in ("nowhere", "site", "file"):
        with pytest.raises(ServerError, match=r"Looking for .*(No such file|Not a directory)"):
            look(ThisMachine(), tmp_path / folder / "current")


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_that_was_killed_is_an_error(look, tmp_path, monkeypatch):
    (tmp_path / "find").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "find").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(ServerError, match=r"Looking for .* is gone, or it was killed there"):
        look(ThisMachine(), tmp_path / "find")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another account")
def test_another_account_looks_from_a_folder_that_is_not_for_it(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.chdir(tmp_path / "home")
    nobody = ThisMachine(by=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
    assert is_there(nobody, PurePosixPath("/usr/nothing")) is False
