"""Who waits for a server whose link is cut is told so, long before the step's own time is over."""

import time
from dataclasses import replace

import pytest

from deploy import link
from deploy.commands import Command
from deploy.server import NO_EXIT_CODE, Server
from tests.box.link import address_of, cut_off

WAITING = Command(("sleep", "120"), says="Waiting", timeout_s=120)


@pytest.fixture
def directly(staging, tmp_path):
    """The site by its box's own address: what hands on its port here would go on answering for it."""
    address = address_of(staging.box)
    known = tmp_path / "known_hosts"
    known.write_text(f"{address} {staging.site.ssh.known_hosts.read_text().split(maxsplit=1)[1]}")
    return replace(staging.site, ssh=replace(staging.site.ssh, host=address, port=22, known_hosts=known))


def test_a_step_whose_link_is_cut_is_given_up(staging, directly, monkeypatch):
    monkeypatch.setattr(link, "ALIVE_EVERY_S", 1)
    monkeypatch.setattr(link, "LOST_AFTER_S", 3)
    with Server(directly) as server:
        process = server.open(WAITING)
        with cut_off(staging.box):
            began = time.monotonic()
            assert process.end() == (NO_EXIT_CODE, "")
            assert time.monotonic() - began < 60
