"""The program that makes a site's folders, as a process of this machine's Python."""

import grp
import json
import os

from tests.deploy.programs import run_program


def make_folders(*paths, files=()):
    group = grp.getgrgid(os.getgid()).gr_name
    folders = [[str(path), "2750", group] for path in paths]
    return run_program("make_folders", stdin=json.dumps([folders, [str(path) for path in files]]))


def test_folders_are_made_once_and_keep_their_mode(tmp_path):
    paths = [tmp_path / "site", tmp_path / "site" / "backups"]
    assert make_folders(*paths).stdout.split() == [str(path) for path in paths]
    paths[1].chmod(0o777)
    assert make_folders(*paths).stdout == ""
    assert {path.stat().st_mode & 0o7777 for path in paths} == {0o2750}


def test_folders_that_are_no_folders_are_told_and_left_alone(tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o700)
    (tmp_path / "backups").symlink_to(tmp_path / "theirs")
    (tmp_path / "manage").symlink_to(tmp_path / "nowhere")
    done = make_folders(tmp_path / "new", tmp_path / "backups", files=[tmp_path / "manage"])
    assert done.returncode == 1
    for path, to in (("backups", "theirs"), ("manage", "nowhere")):
        assert (
            f"{tmp_path}/{path} is a symbolic link, to {tmp_path}/{to}. Remove it: rm {tmp_path}/{path}" in done.stderr
        )
    assert (tmp_path / "theirs").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "new").exists()
    (tmp_path / "releases").touch()
    assert f"{tmp_path}/releases: has to be a folder" in make_folders(tmp_path / "releases").stderr
