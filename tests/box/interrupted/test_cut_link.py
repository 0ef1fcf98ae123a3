"""A link that is cut while a step of a deploy runs: who waits is told so, and whoever comes next finds a free site."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from acceptance import ssh
from acceptance.remote_command import Command
from acceptance.ssh import LostConnectionError, Server
from acceptance.waiting import eventually
from tests.box.deploy_failures import deploying
from tests.box.network_cut import address_of, cut_off, is_free, is_freed, succeeds_inside
from tests.runs.conftest import until

WAITING = Command(("sleep", "120"), step="Waiting", timeout_s=120)


@pytest.fixture
def directly(staging, tmp_path):
    """The site by its box's own address: what hands on its port here would go on answering for it."""
    address = address_of(staging.box)
    known = tmp_path / "known_hosts"
    known.write_text(f"{address} {staging.site.ssh.known_hosts.read_text().split(maxsplit=1)[1]}")
    login = {"host": address, "port": 22, "known_hosts": known}
    return staging.site.model_copy(update={"ssh": staging.site.ssh.model_copy(update=login)})


def test_a_step_whose_link_is_cut_is_given_up(staging, directly, monkeypatch):
    monkeypatch.setattr(ssh, "KEEPALIVE_S", 1)
    monkeypatch.setattr(ssh, "LOST_AFTER_S", 3)
    with Server(directly) as server, ThreadPoolExecutor() as pool:
        step = pool.submit(server.run, WAITING)
        eventually(lambda: succeeds_inside(staging.box, "pgrep", "--full", "sleep 120"), what="the step", within_s=20)
        with cut_off(staging.box), pytest.raises(LostConnectionError, match=r"Waiting: .* is gone, or it was killed"):
            step.result(timeout=60)


def test_a_deploy_whose_link_is_cut_frees_the_site_and_the_old_release_serves_on(staging):
    before, rows = staging.release, staging.rows()
    newer = staging.checkout.commit({"superlists/marked.py": '"""Cut."""\n'})
    with deploying(staging, newer, silence_s=5) as process:
        until(process, "Running manage.py collectstatic")
        with cut_off(staging.box):
            assert not is_free(staging)
            is_freed(staging)
        process.kill()
    assert (staging.release, staging.rows()) == (before, rows)
