"""What lies at a path of a machine, looked for by this one's own find: an answer, or an error."""

import os
from pathlib import PurePosixPath

import pytest

from acceptance.ssh import ServerError
from deploy.remote_files import is_there, name_behind, size_of
from tests.deploy.this_machine import ThisMachine

LOOKS = [is_there, size_of, name_behind]


def test_the_name_of_what_it_leads_to_whether_that_is_there_or_not(tmp_path):
    for name in ("0123456789ab", "a name"):
        (tmp_path / "current").unlink(missing_ok=True)
        (tmp_path / "current").symlink_to(tmp_path / "releases" / name)
        assert name_behind(ThisMachine(), tmp_path / "current") == name


def test_where_no_link_is_there_is_no_name(tmp_path):
    (tmp_path / "previous").mkdir()
    assert [name_behind(ThisMachine(), tmp_path / name) for name in ("current", "previous")] == ["", ""]


def test_a_folder_that_is_a_link_is_looked_into(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "current").symlink_to("releases/0123456789ab")
    (tmp_path / "site").symlink_to("disk")
    assert name_behind(ThisMachine(), tmp_path / "site" / "current") == "0123456789ab"
    assert is_there(ThisMachine(), tmp_path / "site" / "current")


def test_how_large_a_file_is_also_behind_a_link(tmp_path):
    assert size_of(ThisMachine(), tmp_path / "db.sqlite3") is None
    (tmp_path / "empty").touch()
    (tmp_path / "db.sqlite3").symlink_to("lists")
    # It leads to nothing, and that is something: perhaps to a disk that was not mounted.
    assert size_of(ThisMachine(), tmp_path / "db.sqlite3")
    (tmp_path / "lists").write_text("Buy milk")
    assert [size_of(ThisMachine(), tmp_path / name) for name in ("db.sqlite3", "empty")] == [8, 0]


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
@pytest.mark.parametrize("look", LOOKS)
def test_another_account_looks_from_a_folder_that_is_not_for_it(look, tmp_path, monkeypatch):
    (tmp_path / "home").mkdir(mode=0o700)
    monkeypatch.chdir(tmp_path / "home")
    nobody = ThisMachine(by=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
    assert look(nobody, PurePosixPath("/usr/nothing")) in (False, None, "")
