"""A site's settings on their way to what they are to be, and back: on real files."""

import json

import pytest

from acceptance.ssh import ServerError
from deploy import site_env as env
from tests.deploy.test_remote_programs import run
from tests.deploy.this_machine import ThisMachine, place_in

OLDER, BEFORE, NEXT = "NAME='of a deploy before'\n", "DJANGO_SECRET_KEY='precious'\n", "DJANGO_SECRET_KEY='new'\n"


@pytest.fixture
def files(tmp_path):
    (tmp_path / ".env.before").write_text(OLDER)
    (tmp_path / ".env").write_text(BEFORE)
    (tmp_path / ".env.next").write_text(NEXT)
    return tmp_path


def test_the_way_back_leads_to_the_settings_of_just_before(files):
    env.switch(ThisMachine(), place_in(files))
    assert (files / ".env").read_text() == NEXT
    env.go_back(ThisMachine(), place_in(files))
    assert (files / ".env").read_text() == BEFORE


def test_settings_that_were_not_switched_have_no_way_back(files, monkeypatch):
    (files / "bin").mkdir()
    for name in ("ln", "cp"):
        (files / "bin" / name).write_text("#!/bin/sh\nkill -9 $$\n")
        (files / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{files}/bin:/usr/bin:/bin")
    place = place_in(files)
    with pytest.raises(ServerError):
        env.switch(ThisMachine(), place)
    env.go_back(ThisMachine(), place)
    assert (files / ".env").read_text() == BEFORE


def test_settings_that_cannot_be_looked_at_are_not_taken_for_none(tmp_path):
    """Else a new secret key, and no mail server, would take the place of what the site has."""
    (tmp_path / "file").touch()
    done = run("update_env", tmp_path / "file" / ".env", tmp_path / ".env.next", given=json.dumps([{"A": "1"}, {}]))
    assert done.returncode
    assert "Not a directory" in done.stderr
    assert not (tmp_path / ".env.next").exists()
