"""The links that are looked at from here; those on the server are looked at on a real one."""

import pytest

from deploy.box import free_ports
from deploy.doctor import BrokenError, _held, _on_the_machine, examine
from deploy.provision import nginx_of
from tests.deploy.this_machine import ThisMachine, layout, site


def links(host, port):
    return examine(site(host=host, ssh=site().ssh.model_copy(update={"host": host, "port": port})))


def test_the_first_broken_link_is_told():
    with pytest.raises(BrokenError, match=r"broken: the name nowhere\.invalid resolves\. Look at its DNS entry"):
        next(links("nowhere.invalid", 22))
    [port, *_] = free_ports()
    looked_at = links("127.0.0.1", port)
    assert next(looked_at) == "holds: the name 127.0.0.1 resolves"
    with pytest.raises(BrokenError, match=rf"(?s)port {port} for SSH\. Is the machine up.*Seen: .*Connection refused"):
        next(looked_at)


@pytest.mark.parametrize(("left", "holds"), [("500", True), ("499", False)])
def test_a_disk_without_room_for_one_more_deploy_is_broken(monkeypatch, left, holds):
    server = ThisMachine()
    (link,) = (link for link in _on_the_machine(site(), server) if link.holds.startswith("the disk has"))
    monkeypatch.setattr(server, "run", lambda _: f"Avail\n{left}")
    assert link.look() is holds


def test_an_nginx_that_lets_requests_say_who_sent_them_is_broken(monkeypatch):
    server, configuration = ThisMachine(), nginx_of(layout(), tls=False, six=True)
    (link,) = (link for link in _on_the_machine(site(), server) if link.holds.endswith("who sent a request"))
    monkeypatch.setattr(server, "run", lambda _: configuration)
    assert _held(link) == "holds: nginx tells the site who sent a request"
    configuration = configuration.replace("X-Real-IP $remote_addr", "X-Forwarded-For $remote_addr")
    with pytest.raises(BrokenError, match="fab provision writes the new one"):
        _held(link)
