"""What a release engineer reads when a container cannot be had."""

import os
import socket
import subprocess
import sys

import pytest

from acceptance import images
from acceptance.container_engine import EngineError
from acceptance.images import Recipe, image
from acceptance.targets import container as docker_target
from acceptance.targets.base import TargetError
from acceptance.targets.container import DockerTarget
from deploy.box_container import free_ports
from tests.targets.engine import engine, owned_here
from tests.targets.kinds import config

AS_USER_WITHOUT_POWERS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]


def failing_start(**changes: str) -> str:
    """Return what a start says that has to fail, and leaves nothing behind."""
    before = owned_here()
    with pytest.raises(TargetError) as failure:
        DockerTarget(config(target="docker", **changes)).start()
    assert owned_here() == before
    return str(failure.value)


def test_no_engine(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    with pytest.raises(TargetError, match=r"No container engine answers\. Start Docker, or let `make engine`"):
        DockerTarget(config(target="docker")).start()


def test_an_engine_that_this_user_may_not_use(tmp_path):
    place = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()
        os.chown(place, 12345, 12345)
        place.chmod(0o600)
        asked = [
            *AS_USER_WITHOUT_POWERS,
            sys.executable,
            "-c",
            "from acceptance.container_engine import connect; connect()",
        ]
        said = subprocess.run(
            asked, env=os.environ | {"DOCKER_HOST": f"unix://{place}"}, capture_output=True, text=True, check=False
        )
    assert "This user may not use the container engine" in said.stderr
    assert "usermod --append --groups docker" in said.stderr


def test_no_base_image_and_no_registry_that_has_it(monkeypatch):
    monkeypatch.setattr(images, "PUBLISHED_BASE", "superlists-no-such-base:1")
    monkeypatch.setattr(images, "OWN_BASE", "superlists-no-such-base:2")
    said = failing_start()
    assert "The base image superlists-no-such-base:1 is not here, and no registry gave it" in said
    assert "`make base-image` makes one" in said


def test_a_build_that_fails(tmp_path):
    (tmp_path / "Dockerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo no such thing as luck && exit 3\n"
    )
    with engine() as client, pytest.raises(EngineError) as failure:
        image(client, Recipe("superlists-broken", tmp_path, "Dockerfile"))
    assert "no such thing as luck" in str(failure.value)
    assert "returned a non-zero code: 3" in str(failure.value)


def test_a_port_that_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"The port {port} is taken; allowed for docker.port: another, or free" in failing_start(
            docker_port=str(port)
        )


def test_a_port_that_somebody_took_in_between_is_given_up_for_another(monkeypatch):
    found = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = iter([other.getsockname()[1], found[0]])
        monkeypatch.setattr(docker_target, "free_ports", lambda: [next(ports)])
        target = DockerTarget(config(target="docker"))
        try:
            target.start()
            assert target.base_url == f"http://127.0.0.1:{found[0]}"
        finally:
            target.stop()


def test_a_site_that_misses_a_variable(monkeypatch):
    told = docker_target._environment
    monkeypatch.setattr(docker_target, "_environment", lambda owned: told(owned) | {"DJANGO_SECRET_KEY": ""})
    said = failing_start()
    assert "DJANGO_SECRET_KEY: is not set, and with debug off it has to be" in said
    assert "ended with exit code 1" in said or "migrate_disposable" in said


def test_the_release_is_that_of_the_run_and_not_of_the_build(monkeypatch):
    monkeypatch.setattr(docker_target, "release", lambda: "of-this-run")
    target = DockerTarget(config(target="docker"))
    try:
        target.start()
        assert target.identity().release == "of-this-run"
    finally:
        target.stop()


def test_a_healthy_site_that_is_another(monkeypatch):
    another = {"healthy": True, "site": "another", "environment": "docker", "release": "1"}
    monkeypatch.setattr(docker_target, "START_LIMIT_S", 0.5)
    monkeypatch.setattr(docker_target, "health", lambda _: another)
    assert "Last seen: {'an answer of another site': 'another'}" in failing_start()


def test_an_engine_of_another_machine(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.1:2375")
    with pytest.raises(TargetError, match="an engine of another machine, whose ports are not here"):
        DockerTarget(config(target="docker")).start()


def test_a_site_that_does_not_become_healthy(monkeypatch):
    monkeypatch.setattr(docker_target, "START_LIMIT_S", 4.0)
    monkeypatch.setattr(docker_target, "run_manage", lambda *_: "")
    said = failing_start()
    assert "Waited 4 s for a healthy site" in said
    assert "'migrations_applied': False" in said
    assert "The container's last log lines:" in said
    assert "Service Unavailable: /health/" in said
