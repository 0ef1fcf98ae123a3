"""How boxes come and go."""

import threading

import pytest

from acceptance.container_engine import EngineError
from deploy import box as boxes
from deploy import box_container
from deploy.box_folder import SITES
from tests.box.conftest import said, ssh
from tests.targets.engine import engine


def containers(folder):
    with engine() as client:
        its = f"{box_container.FOLDER}={box_container.label_of(folder)}"
        found = client.containers.list(all=True, ignore_removed=True, filters={"label": its})
        return [container.id for container in found]


def test_started_twice_it_is_the_same(box):
    assert boxes.start(box.folder) == box
    assert boxes.find(box.folder) == box
    assert containers(box.folder) == [box.container_id]


def test_two_boxes_do_not_meet(box, another):
    other = another("other")
    said(box, "touch", "mine")
    assert ssh(other, "test", "-e", "mine").returncode == 1
    assert said(other, "hostname") == "other"
    assert len({box.ssh_port, box.http_port, box.https_port, other.ssh_port, other.http_port, other.https_port}) == 6
    assert said(box, "cat", "/etc/machine-id") != said(other, "cat", "/etc/machine-id")
    # Those that Debian made while it was installed would be the same in every box.
    assert said(box, "ls", "/etc/ssh").split().count("ssh_host_ed25519_key") == 1
    assert "rsa" not in said(box, "ls", "/etc/ssh")
    # With the key of one to the other, and with the host key of one at the other's port.
    config = (other.folder / "ssh_config").read_text()
    for file, refusal in (("key", "Permission denied"), ("known_hosts", "Host key verification failed")):
        (other.folder / "ssh_config").write_text(config.replace(f"{other.folder}/{file}", f"{box.folder}/{file}"))
        assert refusal in ssh(other, "true").stderr
    boxes.stop(other)
    assert said(box, "hostname") == "box"


def test_two_starts_at_once_make_one_box(another, tmp_path, labels):
    there = []

    def start():
        there.append(boxes.start(tmp_path / "once", name="once", labels=labels))

    starts = [threading.Thread(target=start) for _ in range(2)]
    for each in starts:
        each.start()
    for each in starts:
        each.join()
    assert [another("once")] * 2 == there
    assert containers(tmp_path / "once") == [there[0].container_id]


def test_stopped_it_leaves_nothing(another):
    there = another(runtime="docker")
    with engine() as client:
        mounts = client.containers.get(there.container_id).attrs["Mounts"]
        volumes = [mount["Name"] for mount in mounts if mount["Type"] == "volume"]
        assert len(volumes) == 1
        boxes.stop(there)
        assert {volume.name for volume in client.volumes.list()}.isdisjoint(volumes)
    assert containers(there.folder) == []
    assert boxes.find(there.folder) is None
    assert not there.folder.exists()
    boxes.stop(there)


def test_a_box_whose_key_was_lost_is_made_anew(another):
    there = another()
    (there.folder / "key").unlink()
    new = another()
    assert new.container_id != there.container_id
    assert containers(there.folder) == [new.container_id]
    assert said(new, "id", "--user", "--name") == "debian"


def test_a_port_that_was_taken_in_between(box, another, monkeypatch):
    offered = [[box.ssh_port, *box_container.free_ports()[1:]], box_container.free_ports()]
    monkeypatch.setattr(box_container, "free_ports", lambda: offered.pop(0))
    there = another()
    assert offered == []
    assert containers(there.folder) == [there.container_id]
    assert said(there, "hostname") == "box"


def test_where_every_port_is_taken_it_gives_up_and_leaves_nothing(box, tmp_path, monkeypatch):
    monkeypatch.setattr(box_container, "free_ports", lambda: [box.ssh_port, box.http_port, box.https_port])
    with pytest.raises(EngineError, match=r"already allocated|already in use"):
        boxes.start(tmp_path / "box")
    assert containers(tmp_path / "box") == []
    assert not (tmp_path / "box").exists()


def test_a_server_that_does_not_answer_is_removed_and_told(tmp_path, monkeypatch):
    monkeypatch.setattr(boxes, "ANSWERS_WITHIN_S", 0.0)
    with pytest.raises(EngineError, match=r"The box does not answer\. Waited 0 s for sshd\. Last seen: "):
        boxes.start(tmp_path / "box")
    assert containers(tmp_path / "box") == []
    assert not (tmp_path / "box").exists()


def test_interrupted_it_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(boxes, "_answering", interrupted)
    with pytest.raises(KeyboardInterrupt):
        boxes.start(tmp_path / "box")
    assert containers(tmp_path / "box") == []
    assert not (tmp_path / "box").exists()


def test_without_an_engine_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    for asked in (boxes.start, boxes.find, boxes.remove):
        with pytest.raises(EngineError, match="No container engine answers"):
            asked(tmp_path / "box")
    assert not (tmp_path / "box").exists()


def test_its_entry_leads_there(box):
    entry = (box.folder / SITES).read_text()
    assert f"port = {box.http_port}\n" in entry
    assert f"port = {box.ssh_port}\n" in entry
