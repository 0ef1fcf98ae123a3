"""Scenarios on a server: which site it is, what they may do there, and what comes between."""

import pytest

from acceptance.ssh import Server, ServerError
from acceptance.targets import open_target
from acceptance.targets.base import TargetError
from deploy import site_lock as lock
from tests.box.conftest import ssh
from tests.targets.kinds import config


@pytest.fixture
def opened():
    """Open a site as a run does; it is let go of afterwards."""
    targets = []

    def start(sites, name, **changes):
        targets.append(open_target(config(target=name, sites=str(sites), **changes)))
        targets[-1].start()
        return targets[-1]

    yield start
    for target in targets:
        target.stop()


def test_a_channel_that_is_killed_between_two_calls(staging, opened):
    target = opened(staging.sites, "staging")
    target.manage("create_list", "Buy milk")
    ssh(staging.box, "sudo", "pkill", "--full", "'sshd: deployer'")
    for _ in range(2):
        with pytest.raises(TargetError, match="The fixture channel is gone: "):
            target.manage("create_list", "Make tea")
    assert "The fixture channel is gone: " in target.failure_reason()
    assert opened(staging.sites, "staging").manage("create_list", "Make tea")


def test_the_log_of_a_server_that_cannot_be_reached_says_so(staging, opened, tmp_path):
    target = opened(staging.without_ssh(tmp_path), "staging")
    assert "The site staging: its log cannot be read: deployer@127.0" in target.log("sharing.1", 0)
    assert "takes no fixtures" in target.fixtures_unavailable()


def test_a_deploy_waits_for_no_run_and_a_run_for_no_deploy(staging, opened, capsys):
    run = opened(staging.sites, "staging")
    run.manage("create_list", "Buy milk")
    with pytest.raises(ServerError, match=r"staging is in use by \S+@\S+, process \d+ since \d{4}-.*Nothing was done"):
        staging.deploy()
    run.stop()
    with Server(staging.site) as server, lock.held(server, staging.layout, "deploying a commit"):
        refusal = opened(staging.sites, "staging", lock_wait="1").fixtures_unavailable()
        # Told before it is waited for.
        assert "staging: waits up to 1 s while its database is in use" in capsys.readouterr().out
        assert "The site staging takes no fixtures" in refusal
        assert "in use by" in refusal
        assert "deploying a commit since" in refusal
    assert opened(staging.sites, "staging").fixtures_unavailable() == ""
