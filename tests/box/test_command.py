"""`make box` and `make box-stop`, as a newcomer meets them."""

import re
import shlex
import subprocess

from scripts.box import main


def test_a_box_from_start_to_stop(tmp_path, capsys):
    folder = ["--folder", str(tmp_path / "box")]
    try:
        assert main(["status", *folder]) == 1
        assert "No box is up. `make box` starts one." in capsys.readouterr().out
        assert main(["start", *folder]) == 0
        told = re.search(r"To look around: +(.*)", capsys.readouterr().out)
        assert told
        asked = [*shlex.split(told[1]), "id", "--user", "--name"]
        assert subprocess.check_output(asked, text=True, stdin=subprocess.DEVNULL).strip() == "debian"
        assert main(["start", *folder]) == 0
        assert "The box is up already." in capsys.readouterr().out
        assert main(["status", *folder]) == 0
    finally:
        assert main(["stop", *folder]) == 0
    assert not (tmp_path / "box").exists()


def test_without_an_engine_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert main(["start", "--folder", str(tmp_path / "box")]) == 1
    assert "No container engine answers" in capsys.readouterr().err
