"""The links that are looked at from here; those on the machine are looked at on a real one."""

import socket

import pytest

from acceptance.sites import Site
from deploy.doctor import BrokenError, diagnosis, examine
from tests.deploy.this_machine import site as staging


def site(host: str, ssh_port: int) -> Site:
    ssh = staging().ssh.model_copy(update={"host": host, "port": ssh_port})
    return staging(host=host, ssh=ssh)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_a_name_that_does_not_resolve_is_the_first_broken_link():
    with pytest.raises(BrokenError, match=r"broken: the name nowhere\.invalid resolves\. Look at its DNS entry"):
        list(examine(site("nowhere.invalid", 22)))


def test_a_machine_that_takes_no_connections_comes_after_its_name(free_port):
    links = examine(site("127.0.0.1", free_port))
    assert next(links) == "holds: the name 127.0.0.1 resolves"
    with pytest.raises(BrokenError, match=rf"connections on port {free_port} for SSH\. Is the machine up"):
        next(links)


def test_a_diagnosis_tells_what_holds_and_what_does_not(free_port):
    said = diagnosis(site("127.0.0.1", free_port)).splitlines()
    assert said[0] == "holds: the name 127.0.0.1 resolves"
    assert said[1].startswith("broken: the machine takes connections")
    assert said[2] == "Seen: [Errno 111] Connection refused"
