"""Scenarios on a server: which site it is, what they may do there, and what comes between."""

import subprocess
import sys

import pytest

from acceptance.images import ROOT
from acceptance.sites import read_sites
from acceptance.ssh import Server, ServerError
from acceptance.targets import open_target
from acceptance.targets.base import TargetError
from deploy import site_lock as lock
from deploy.smoke import run_smoke
from tests.box.conftest import said, ssh
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


def described(there, folder, old, new):
    """Return a sites file that says something else of this site."""
    text = there.sites.read_text()
    assert old in text
    path = folder / "sites.toml"
    path.write_text(text.replace(old, new))
    return path


def without_ssh(there, folder):
    return described(there, folder, f"port = {there.box.ssh_port}\n", "port = 9\n")


def test_a_site_that_is_another_than_described_is_refused(production, opened, tmp_path):
    sites = described(production, tmp_path, 'environment = "production"', 'environment = "staging"')
    with pytest.raises(TargetError, match=r"is 127\.0\.0\.1, staging; but .* is 127\.0\.0\.1, production\. Nothing"):
        opened(sites, "production")


def test_the_smoke_run_on_production_needs_no_ssh(production, tmp_path):
    told: list[str] = []
    sites = without_ssh(production, tmp_path)
    run_smoke(read_sites(sites)["production"], sites, told.append)
    assert told


def test_scenarios_that_touch_data_are_refused_on_production_before_a_browser_opens(production, tmp_path):
    sites = without_ssh(production, tmp_path)
    mark = tmp_path / "opened"
    for name in ("chromium", "chromedriver"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} >> {mark}\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    command = [sys.executable, "-m", "behave", "--no-color", "-D", "target=production", "-D", f"sites={sites}"]
    environ = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "SUPERLISTS_REPORTS": str(tmp_path / "reports"),
    }
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 4
    assert "production is a production site: only @smoke scenarios run on it" in ran.stderr
    assert not mark.exists()


def test_production_takes_no_fixtures(production, opened, tmp_path):
    target = opened(without_ssh(production, tmp_path), "production", mailbox="server")
    for touch in (lambda: target.manage("reset_site", "--site", "127.0.0.1"), target.mailbox.mark):
        with pytest.raises(TargetError, match="production is a production site"):
            touch()


@pytest.mark.parametrize("killed", ["'[s]erve_fixtures'", "'sshd: deployer'"])
def test_a_channel_that_is_killed_between_two_calls(staging, opened, killed):
    target = opened(staging.sites, "staging")
    target.manage("create_list", "Buy milk")
    ssh(staging.box, "sudo", "pkill", "--full", killed)
    for _ in range(2):
        with pytest.raises(TargetError, match="The fixture channel is gone: "):
            target.manage("create_list", "Make tea")
    assert "The fixture channel is gone: " in target.failure_reason()
    assert opened(staging.sites, "staging").manage("create_list", "Make tea")


def test_the_log_of_a_server_that_cannot_be_reached_says_so(staging, opened, tmp_path):
    target = opened(without_ssh(staging, tmp_path), "staging")
    assert target.log("sharing.1", 0).startswith("The server's log is not to be had: deployer@127.0.0.1, port 9 does")
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
        assert "staging: the lock is held by" in capsys.readouterr().out
        assert "The site staging takes no fixtures" in refusal
        assert "in use by" in refusal
        assert "deploying a commit since" in refusal
    assert opened(staging.sites, "staging").fixtures_unavailable() == ""
    assert "staging: the lock is this run's" in capsys.readouterr().out


def test_a_deploy_that_falls_silent_loses_the_lock(staging, monkeypatch):
    monkeypatch.setattr(lock, "SILENCE_S", 0.5)
    with (
        Server(staging.site) as silent,
        lock.held(silent, staging.layout, "deploying in a train"),
        Server(staging.site) as other,
        lock.held(other, staging.layout, "deploying at a desk", wait_s=5),
    ):
        assert "at a desk" in said(staging.box, "sudo", "cat", str(staging.layout.lock))
