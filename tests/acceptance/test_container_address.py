"""At which port of this machine a published container is found, and when it is not."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from acceptance.container_engine import EngineError, connect_here
from acceptance.targets.base import TargetError
from acceptance.targets.container_address import PORT, address_of, port_for


def container(*published: tuple[str, str], host: str = "127.0.0.1") -> Any:
    bindings = [{"HostIp": interface, "HostPort": port} for interface, port in published]
    return SimpleNamespace(
        name="superlists",
        ports={PORT: bindings},
        attrs={"Config": {"Env": ["PATH=/bin", f"DJANGO_ALLOWED_HOST={host}"]}},
    )


@pytest.mark.parametrize(
    ("host", "published", "port"),
    [
        ("127.0.0.1", [("192.0.2.1", "1"), ("127.0.0.1", "2")], "2"),
        ("127.0.0.1", [("::", "1"), ("0.0.0.0", "2")], "2"),
        ("127.0.0.1", [("", "1")], "1"),
        ("localhost", [("::1", "1")], "1"),
        ("127.0.0.1", [("::1", "1")], ""),
        ("127.0.0.1", [("127.0.0.2", "1"), ("192.0.2.1", "2")], ""),
    ],
)
def test_the_binding_is_the_one_that_the_host_leads_to(host, published, port):
    assert port_for(host, [{"HostIp": interface, "HostPort": number} for interface, number in published]) == port


def test_a_container_on_another_interface_only_is_not_gone_to():
    with pytest.raises(TargetError, match=r"publishes its port at 127\.0\.0\.2:8888 only, and 127\.0\.0\.1 does not"):
        address_of(container(("127.0.0.2", "8888")))


def test_a_name_that_leads_to_somebody_else_as_well_is_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        with pytest.raises(TargetError, match=f"At 127.0.0.1, port {port}, something else"):
            address_of(container(("::1", port), host="localhost"))
        assert address_of(container(("0.0.0.0", port), ("::", port), host="localhost")) == f"http://localhost:{port}"


@pytest.mark.parametrize("named", ["tcp://192.0.2.1:2375", "ssh://edith@lists.example.com"])
def test_the_engine_of_another_machine_is_refused(monkeypatch, named):
    monkeypatch.setenv("DOCKER_HOST", named)
    with pytest.raises(EngineError, match=f"DOCKER_HOST is {named}: an engine of another machine"):
        connect_here()
