"""What the engine is told of a box."""

import socket

from deploy.box_container import FOLDER, LABEL, MAKER, creation, free_ports, maker
from deploy.box_folder import Place


def told(tmp_path, **changes):
    return creation(Place(tmp_path, **changes), [2222, 8080, 8443], {"more": "yes"})


def test_it_is_reached_from_this_machine_only_and_always_at_the_same_ports(tmp_path):
    assert told(tmp_path)["ports"] == {
        "22/tcp": ("127.0.0.1", 2222),
        "80/tcp": ("127.0.0.1", 8080),
        "443/tcp": ("127.0.0.1", 8443),
    }


def test_it_gets_no_more_than_systemd_needs(tmp_path):
    given = told(tmp_path)
    assert given["cap_add"] == ["SYS_ADMIN"]
    assert not {"privileged", "volumes", "pid_mode", "network_mode"} & set(given)
    assert given["security_opt"] == ["apparmor=unconfined"]
    assert given["cgroupns"] == "private", "systemd would move the processes of this machine"


def test_with_an_engine_inside_it_gets_what_that_needs(tmp_path):
    given = told(tmp_path, runtime="docker")
    assert given["cap_add"] == ["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"]
    assert "seccomp=unconfined" in given["security_opt"]
    assert given["volumes"] == ["/var/lib/docker"]


def test_it_says_whose_it_is(tmp_path):
    given = told(tmp_path, name="rehearsal")
    folder = f"{socket.gethostname()}:{tmp_path}"
    assert given["labels"] == {"more": "yes", LABEL: "rehearsal", FOLDER: folder, MAKER: maker()}
    assert given["hostname"] == "rehearsal"
    assert given["name"] != told(tmp_path, name="rehearsal")["name"]


def test_free_ports_are_three_and_free():
    ports = free_ports()
    assert len(set(ports)) == 3
    for port in ports:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
