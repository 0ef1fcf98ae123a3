"""The links that are looked at from here; those on the server are looked at on a real one."""

import pytest

from deploy.box_container import free_ports
from deploy.diagnosis import BrokenError, _held, _on_the_machine, examine
from deploy.provision import nginx_of
from tests.deploy.this_machine import ThisMachine, layout, site


def links(host, port):
    return examine(site(host=host, ssh=site().ssh.model_copy(update={"host": host, "port": port})))


def test_a_name_that_does_not_resolve_is_the_first_broken_link():
    with pytest.raises(BrokenError, match=r"broken: the name nowhere\.invalid resolves\. Look at its DNS entry"):
        next(links("nowhere.invalid", 22))


def test_a_machine_that_takes_no_connections_comes_after_its_name():
    [port, *_] = free_ports()
    looked_at = links("127.0.0.1", port)
    assert next(looked_at) == "holds: the name 127.0.0.1 resolves"
    with pytest.raises(BrokenError, match=rf"(?s)port {port} for SSH\. Is the machine up.*Seen: .*Connection refused"):
        next(looked_at)


@pytest.mark.parametrize("told", [True, False])
def test_an_nginx_that_lets_requests_say_who_sent_them_is_broken(monkeypatch, told):
    configuration = nginx_of(layout())
    old = configuration.replace("X-Real-IP $remote_addr", "X-Forwarded-For $remote_addr")
    server = ThisMachine()
    monkeypatch.setattr(server, "run", lambda _: configuration if told else old)
    links = _on_the_machine(site(), server)
    (link,) = (link for link in links if link.holds == "nginx tells the site who sent a request")
    if told:
        assert _held(link).startswith("holds: ")
        return
    with pytest.raises(BrokenError, match="fab provision brings the newer one"):
        _held(link)
