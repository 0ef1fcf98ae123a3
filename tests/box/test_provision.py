"""A machine is made ready once, and stays what it was made for."""

from dataclasses import replace

import pytest

from deploy.provision import provision
from deploy.runtimes import RUNTIMES
from deploy.server import Server, ServerError
from deploy.sites import SitesError, read_sites
from tests.box.conftest import said, ssh


@pytest.fixture
def lines(monkeypatch):
    """Every command line that the server sees, and everything that comes back."""
    seen = []
    opened, ran = Server.open, Server.run

    def opening(server, command):
        seen.append(command.line())
        return opened(server, command)

    def running(server, command):
        seen.append(ran(server, command))
        return seen[-1]

    monkeypatch.setattr(Server, "open", opening)
    monkeypatch.setattr(Server, "run", running)
    return seen


def test_a_second_time_it_changes_nothing(staging):
    said(staging.box, "touch", "/tmp/before")
    assert provision(staging.site) == []
    changed = ("sudo", "find", "/etc", "/home", "-xdev", "-newer", "/tmp/before", "-type", "f")
    assert said(staging.box, *changed) == ""


def test_what_somebody_changed_by_hand_is_mended_and_told(staging):
    path = f"/etc/systemd/system/{staging.place.unit}.service"
    said(staging.box, "sudo", "sed", "--in-place", "s/TimeoutStopSec=40/TimeoutStopSec=4/", path)
    assert provision(staging.site) == [f"wrote {path}"]
    assert "TimeoutStopSec=40" in said(staging.box, "cat", path)
    assert provision(staging.site) == []


@pytest.mark.parametrize("kind", ["staging", "production"])
def test_its_environment_is_written_once_and_for_all(request, kind):
    there = request.getfixturevalue(kind)
    (other,) = {"staging", "production"} - {kind}
    before = said(there.box, "sudo", "cat", str(there.place.environment))
    with pytest.raises(ServerError, match=f"was provisioned as '{kind}', not '{other}'"):
        provision(replace(there.site, environment=other))
    assert said(there.box, "sudo", "cat", str(there.place.environment)) == before


def test_a_site_provisioned_for_one_runtime_stays_with_it(either, tmp_path):
    mine = either.site.runtime
    (other,) = set(RUNTIMES) - {mine}
    sites = tmp_path / "sites.toml"
    sites.write_text(either.sites.read_text().replace(f'runtime = "{mine}"', f'runtime = "{other}"'))
    with pytest.raises(SitesError, match=f"is '{other}', and the site was provisioned with '{mine}'. Nothing"):
        provision(read_sites(sites)["staging"])


def test_who_deploys_may_restart_the_unit_and_nothing_else(staging):
    unit = f"{staging.place.unit}.service"
    staging.run("sudo", "--non-interactive", "systemctl", "restart", unit)
    for refused in (
        ["systemctl", "restart", "nginx.service"],
        ["systemctl", "restart", unit, "nginx.service"],
        ["systemctl", "edit", unit],
        ["systemctl", "daemon-reload"],
        ["id"],
        [f"--user={staging.place.account}", "id"],
    ):
        with pytest.raises(ServerError, match="a password is required"):
            staging.run("sudo", "--non-interactive", *refused)


def test_who_serves_has_no_sudo_and_no_shell_and_writes_no_code(staging):
    as_site = ("sudo", f"--user={staging.place.account}")
    assert "a password is required" in ssh(staging.box, *as_site, "sudo", "--non-interactive", "id").stderr
    assert "nologin" in said(staging.box, "getent", "passwd", staging.place.account)
    assert ssh(staging.box, *as_site, "touch", f"{staging.place.current}/manage.py").returncode == 1
    assert ssh(staging.box, *as_site, "cat", str(staging.place.environment)).returncode == 1


def test_secrets_are_for_their_owner_alone(staging):
    assert said(staging.box, "sudo", "stat", "--format=%a:%U", str(staging.place.environment)) == "600:deployer"
    assert ssh(staging.box, "cat", str(staging.place.environment)).returncode == 1


def test_secrets_stand_in_no_output_and_on_no_command_line(staging, monkeypatch, lines, capfd):
    monkeypatch.setenv("EMAIL_PASSWORD", "pa$$word-of-the-mail-server")
    told = [*provision(staging.site), staging.deploy()]
    settings = said(staging.box, "sudo", "cat", str(staging.place.environment))
    assert "EMAIL_PASSWORD='pa$$word-of-the-mail-server'" in settings
    key = next(line for line in settings.splitlines() if line.startswith("DJANGO_SECRET_KEY="))
    seen = "\n".join([*lines, *told, *capfd.readouterr()])
    assert "EMAIL_PASSWORD" in seen
    assert "pa$$word" not in seen
    assert key.partition("=")[2].strip("'") not in seen
