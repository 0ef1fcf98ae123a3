"""A link that is cut while a step of a deploy runs: who waits is told so, and whoever comes next waits for the step."""

import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from deploy import link, lock
from deploy.commands import Command
from deploy.server import NO_EXIT_CODE, Server, ServerError
from features.waiting import eventually
from tests.box.failing import deploying, until
from tests.box.link import address_of, cut_off, is_free, is_freed, succeeds_inside

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
            assert time.monotonic() - began < 180


def given_up(server, step):
    with suppress(ServerError):
        server.run(step)


def test_the_next_deploy_waits_for_the_step_that_a_cut_off_one_left_running(staging):
    mark = staging.place.home / "left-running"
    step = Command(("sh", "-c", f"sleep 5; touch {mark}"), says="Taking its time")
    with Server(staging.site) as one, lock.held(one, staging.place, "deploying in a train"):
        running = threading.Thread(target=given_up, args=(one, step))
        running.start()
        free = ("flock", "--nonblock", str(staging.place.turns), "true")
        eventually(lambda: not succeeds_inside(staging.box, *free), what="the step to run", within_s=4)
    running.join()
    with Server(staging.site) as other, lock.held(other, staging.place, "deploying at a desk"):
        other.run(Command(("rm", str(mark)), says="Looking for what the step left"))


def test_a_deploy_whose_link_is_cut_frees_the_site_and_the_old_release_serves_on(staging):
    before, rows = staging.release, staging.rows()
    newer = staging.checkout.commit({"superlists/marked.py": '"""Cut."""\n'})
    with deploying(staging, newer) as process:
        until(process, "Installing")
        with cut_off(staging.box):
            assert not is_free(staging)
            is_freed(staging)
        process.kill()
    assert (staging.release, staging.rows()) == (before, rows)
    staging.deploy(newer)
    assert (staging.release, staging.rows()) == (newer.commit, rows)
