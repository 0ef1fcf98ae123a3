"""The links that are looked at from here; those on the server are looked at on a real one."""

import pytest

from deploy.box_container import free_ports
from deploy.doctor import diagnosis
from tests.deploy.this_machine import site


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("nowhere.invalid", ["broken: the name nowhere.invalid resolves. Look at its DNS entry", "Seen: "]),
        (
            "127.0.0.1",
            [
                "holds: the name 127.0.0.1 resolves",
                "broken: the machine takes connections on port {port} for SSH. Is the machine up",
                "Seen: [Errno 111] Connection refused",
            ],
        ),
    ],
)
def test_a_diagnosis_ends_at_the_first_broken_link(host, told):
    port = free_ports()[0]
    seen = diagnosis(site(host=host, ssh=site().ssh.model_copy(update={"host": host, "port": port}))).splitlines()
    assert len(seen) == len(told)
    for line, start in zip(seen, told, strict=True):
        assert line.startswith(start.format(port=port))
