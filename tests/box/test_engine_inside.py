"""A box may have a container engine of its own."""

import subprocess

import pytest

from deploy import box as boxes
from deploy.images import SITE, image
from tests.box.conftest import said
from tests.targets.engine import engine


@pytest.fixture(scope="module")
def box(tmp_path_factory, labels):
    there = boxes.start(tmp_path_factory.mktemp("box"), runtime="docker", labels=labels)
    yield there
    boxes.stop(there)


def test_its_user_may_use_the_engine_and_every_unit_is_well(box):
    assert said(box, "systemctl", "is-system-running", "--wait") == "running"
    assert said(box, "docker", "info", "--format", "{{.Driver}}") == "overlay2"


def test_the_sites_image_can_be_sent_and_run(box):
    with engine() as client:
        tag = image(client, SITE)
        packed = b"".join(client.api.get_image(tag))
    subprocess.run(box.ssh("docker", "load", "--quiet"), input=packed, check=True, capture_output=True, timeout=120)
    said(box, "docker", "run", "--detach", "--name", "site", tag, "sleep", "60")
    assert said(box, "docker", "exec", "site", "id", "--user") == "8888"


def test_a_box_without_one_has_none(tmp_path, labels):
    plain = boxes.start(tmp_path / "plain", labels=labels)
    try:
        assert said(plain, "ls", "/usr/bin/docker*", "2>/dev/null", "||", "true") == ""
    finally:
        boxes.stop(plain)
