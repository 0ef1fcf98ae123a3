"""A box looks like an empty Debian server, comes and goes, and leaves nothing."""

import re
import shlex
import subprocess
import uuid

import pytest

from acceptance.docker_client import EngineError
from acceptance.waiting import eventually
from deploy import box as boxes
from scripts.box import main
from tests.box.conftest import reboot, said, ssh
from tests.targets.engine import engine


def containers(folder):
    with engine() as client:
        its = f"{boxes.FOLDER}={boxes.label_of(folder)}"
        found = client.containers.list(all=True, ignore_removed=True, filters={"label": its})
        return [container.id for container in found]


def test_it_is_a_server_that_its_user_administers(box):
    assert said(box, "id", "--user", "--name") == "debian"
    assert said(box, "sudo", "--non-interactive", "id", "--user") == "0"
    state = ssh(box, "systemctl", "is-system-running", "--wait").stdout.strip()
    failed = said(box, "systemctl", "list-units", "--failed", "--plain", "--no-legend")
    assert (state, failed) == ("running", "")
    said(box, "sudo", "systemd-run", "--quiet", "--wait", "--collect", "--property=ProtectSystem=strict", "true")
    # Provisioning needs no network for these.
    said(box, "sudo", "which", "rsync", "git", "python3", "nginx", "curl")
    assert "systemd-user-sessions.service" in said(box, "systemctl", "show", "--property=After", "ssh.service")


def test_stopped_it_leaves_nothing(another):
    there = another(runtime="docker")
    with engine() as client:
        mounts = client.containers.get(there.container_id).attrs["Mounts"]
        volumes = [mount["Name"] for mount in mounts if mount["Type"] == "volume"]
        assert len(volumes) == 1
        boxes.remove(there.folder)
        assert {volume.name for volume in client.volumes.list()}.isdisjoint(volumes)
    assert containers(there.folder) == []
    assert boxes.find(there.folder) is None
    assert not there.folder.exists()
    boxes.remove(there.folder)


def every_port_taken(box, monkeypatch):
    monkeypatch.setattr(boxes, "free_ports", lambda: [box.ssh_port, box.http_port, box.https_port])


def no_answer(_, monkeypatch):
    monkeypatch.setattr(boxes, "ANSWERS_WITHIN_S", 0.0)


def interrupted(_, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(boxes, "_answering", interrupt)


@pytest.mark.parametrize("trouble", [every_port_taken, no_answer, interrupted])
def test_a_start_that_fails_leaves_nothing(box, tmp_path, monkeypatch, trouble):
    trouble(box, monkeypatch)
    with pytest.raises((EngineError, KeyboardInterrupt), match=r"already|does not answer\. Waited 0 s for sshd|^$"):
        boxes.start(tmp_path / "box")
    assert containers(tmp_path / "box") == []
    assert not (tmp_path / "box").exists()


def test_it_is_itself_again_after_a_reboot_and_after_it_was_shut_down(another):
    box = another()
    mark = uuid.uuid4().hex
    said(box, "logger", mark)
    said(box, "touch", "kept")
    reboot(box)
    assert boxes.find(box.folder) == box
    ssh(box, "sudo", "poweroff")
    eventually(lambda: boxes.find(box.folder) is None, what="the end of the box", within_s=30)
    assert boxes.start(box.folder) == box
    said(box, "test", "-e", "kept")
    assert mark in said(box, "sudo", "journalctl", "--identifier=debian", "--output=cat")


def test_a_box_from_start_to_stop_as_a_newcomer_meets_it(tmp_path, capsys):
    # ssh has to understand the folder, whatever it is called.
    folder = ["--folder", str(tmp_path / "a 100% new box")]
    try:
        assert main(["status", *folder]) == 1
        assert "No box is up. `make box` starts one." in capsys.readouterr().out
        assert main(["start", *folder]) == 0
        told = re.search(r"To look around: +(.*)", capsys.readouterr().out)
        assert told
        asked = [*shlex.split(told[1]), "id", "--user", "--name"]
        assert subprocess.check_output(asked, text=True, stdin=subprocess.DEVNULL).strip() == "debian"
        before = containers(tmp_path / "a 100% new box")
        assert main(["start", *folder]) == 0
        assert "The box is up already." in capsys.readouterr().out
        assert containers(tmp_path / "a 100% new box") == before
        assert main(["status", *folder]) == 0
        # Without its key nobody comes in: it is made anew.
        (tmp_path / "a 100% new box" / "key").unlink()
        assert main(["start", *folder]) == 0
        assert containers(tmp_path / "a 100% new box") != before
    finally:
        assert main(["stop", *folder]) == 0
    assert list(tmp_path.iterdir()) == []


def test_without_an_engine_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert main(["start", "--folder", str(tmp_path / "box")]) == 1
    assert "No container engine answers" in capsys.readouterr().err
    assert not (tmp_path / "box").exists()
