"""A box may have a container engine of its own, which starts there for the first time."""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from acceptance.images import base_image, image, site_recipe
from acceptance.targets import open_target
from acceptance.waiting import eventually
from deploy import box as boxes
from tests.box.conftest import said
from tests.targets.engine import engine
from tests.targets.kinds import config
from tests.targets.visitor import Visitor


@pytest.fixture(scope="module")
def box(tmp_path_factory, labels):
    there = boxes.start(tmp_path_factory.mktemp("box"), runtime="docker", labels=labels)
    yield there
    boxes.stop(there)


@pytest.fixture(scope="module")
def sent(box):
    """The site's image, which the box has as well by now, with what it is built upon."""
    with engine() as client:
        tag = image(client, site_recipe())
        packed = client.api.get(
            f"{client.api.base_url}/images/get", params={"names": [base_image(client), tag]}, stream=True
        )
        with subprocess.Popen(box.ssh("docker", "load", "--quiet"), stdin=subprocess.PIPE) as loading:
            assert loading.stdin
            shutil.copyfileobj(packed.raw, loading.stdin)
    assert loading.returncode == 0
    return tag


@pytest.fixture
def from_afar(box, monkeypatch):
    """A port of this machine that is the box's as well, and its engine as the one of this machine.

    So it is with Docker Desktop and a rootless engine: none of the engine's networks is this machine's.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        door = Path(folder, "engine.sock")
        ways = [f"-L{door}:/var/run/docker.sock", f"-L127.0.0.1:{port}:127.0.0.1:{port}"]
        with subprocess.Popen([*box.ssh()[:-1], "-N", *ways, box.name]) as ssh:
            eventually(door.exists, what="the way to the engine", within_s=10)
            monkeypatch.setenv("DOCKER_HOST", f"unix://{door}")
            yield port
            ssh.terminate()


def test_its_user_may_use_the_engine_and_every_unit_is_well(box):
    assert said(box, "systemctl", "is-system-running", "--wait") == "running"
    assert said(box, "docker", "info", "--format", "{{.Driver}}") == "overlay2"


def test_the_sites_image_can_be_sent_and_run(box, sent):
    said(box, "docker", "run", "--detach", "--name", "site", sent, "sleep", "60")
    assert said(box, "docker", "exec", "site", "id", "--user") == "8888"


def test_the_container_target_needs_no_address_of_this_machine(sent, from_afar):
    # An engine that was started for the first time tells no gateway of its usual network.
    target = open_target(config(target="docker", docker_port=str(from_afar), mailbox_wait="10"))
    try:
        target.start()
        before = target.mailbox.now()
        Visitor(target.base_url).send("/accounts/send_login_email", email="edith@example.com")
        mail = target.mailbox.wait_for("edith@example.com", "Your login link for Superlists", before)
        assert mail.links_to(target.base_url)
    finally:
        target.stop()


def test_a_box_without_one_has_none(tmp_path, labels):
    plain = boxes.start(tmp_path / "plain", labels=labels)
    try:
        assert said(plain, "ls", "/usr/bin/docker*", "2>/dev/null", "||", "true") == ""
    finally:
        boxes.stop(plain)
