"""A container engine on another machine, as with Docker Desktop: none of its networks is this machine's."""

import io
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
from deploy import box_container
from tests.targets.engine import engine
from tests.targets.kinds import config
from tests.targets.visitor import Visitor

DOCKERFILE = """FROM {box}
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io \\
 && usermod --append --groups docker debian
"""


@pytest.fixture(scope="module")
def box(tmp_path_factory, labels):
    """A box with an engine of its own, which starts there for the first time."""
    with engine() as client, pytest.MonkeyPatch.context() as patch:
        server = image(client, boxes.BOX)
        tag = server.replace("-box:", "-box-docker:")
        client.images.build(fileobj=io.BytesIO(DOCKERFILE.format(box=server).encode()), tag=tag, rm=True, forcerm=True)
        patch.setattr(box_container, "_for_containers_inside", for_docker_inside)
        there = boxes.start(tmp_path_factory.mktemp("box"), runtime="docker", labels=labels, image=tag)
    yield there
    boxes.remove(there.folder)


def for_docker_inside(told):
    """Return what Docker needs of the container that it is in; without SYS_PTRACE it executes nothing in its own."""
    return {
        "cap_add": [*told["cap_add"], "NET_ADMIN", "SYS_PTRACE"],
        "security_opt": [*told["security_opt"], "seccomp=unconfined"],
        "volumes": ["/var/lib/docker"],
    }


@pytest.fixture
def from_afar(box, monkeypatch):
    """A port of this machine that is the box's as well, and its engine, with the site's image, as this machine's."""
    with engine() as client:
        names = [base_image(client), image(client, site_recipe())]
        packed = client.api.get(f"{client.api.base_url}/images/get", params={"names": names}, stream=True)
        with subprocess.Popen(box.ssh("docker", "load", "--quiet"), stdin=subprocess.PIPE) as loading:
            assert loading.stdin
            shutil.copyfileobj(packed.raw, loading.stdin)
    assert loading.returncode == 0
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


def test_the_container_target_needs_no_address_of_this_machine(from_afar):
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
