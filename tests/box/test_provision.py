"""A machine is made ready once, and stays what it was made for."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from requests import HTTPError

from acceptance.sites import SitesError, read_sites
from acceptance.ssh import Server, ServerError
from acceptance.ssh_identity import authorized_keys_line
from acceptance.targets.health_client import page
from deploy.deployment import DeployError
from deploy.provision import provision
from deploy.runtimes import RUNTIMES
from tests.acceptance.key_files import new_key
from tests.box.conftest import said, ssh
from tests.box.deployed_site import DeployedSite
from tests.box.manual_changes import STAMPED


def test_a_second_time_it_changes_nothing_and_root_does_nothing_below_the_home_of_who_deploys(staging, lines):
    said(staging.box, "touch", "/tmp/before")
    assert provision(staging.site) == []
    changed = ("sudo", "find", "/etc", "/home", "-xdev", "-newer", "/tmp/before", "-type", "f")
    assert said(staging.box, *changed) == ""
    # Whatever is looked at before, who deploys could make a link of it at once after.
    below = f"{staging.layout.home.parent.parent}/"
    as_root = ("sudo --non-interactive -- ", "sudo --non-interactive --user=root -- ")
    assert [line for line in lines if line.startswith(as_root) and below in line] == []
    assert any(line.startswith(f"sudo --non-interactive --user={staging.site.ssh.user} -- ") for line in lines)


def test_a_timer_clears_what_has_expired(either):
    unit = f"{either.layout.unit}-clear-expired"
    assert said(either.box, "systemctl", "is-active", f"{unit}.timer") == "active"
    said(either.box, "sudo", "systemctl", "start", f"{unit}.service")
    written = said(either.box, "sudo", "journalctl", f"--unit={unit}.service", "--output=cat", "--no-pager")
    assert "Removed expired sessions, and 0 old login links" in written
    assert either.release


def test_what_somebody_changed_by_hand_is_mended_and_told(staging):
    path = f"/etc/systemd/system/{staging.layout.unit}.service"
    said(staging.box, "sudo", "sed", "--in-place", "s/TimeoutStopSec=40/TimeoutStopSec=4/", path)
    assert provision(staging.site) == [f"wrote {path}"]
    assert "TimeoutStopSec=40" in said(staging.box, "cat", path)


def test_everybody_who_deploys_is_let_in_and_out_and_keys_of_others_stay(staging: DeployedSite, tmp_path: Path) -> None:
    """Alice deploys for a while; somebody else has a key there by hand."""
    alice, by_hand = new_key(tmp_path / "alice"), new_key(tmp_path / "by_hand")
    add = f"echo {authorized_keys_line(by_hand)} by hand | tee --append ~/.ssh/authorized_keys"
    staging.run("sh", "-c", add)

    def changed(**ssh: object) -> Any:
        return staging.site.model_copy(update={"ssh": staging.site.ssh.model_copy(update=ssh)})

    refused = pytest.raises(ServerError, match="does not take the key")
    for site, alices in ((changed(keys=(authorized_keys_line(alice),)), nullcontext()), (staging.site, refused)):
        assert provision(site) == ["wrote /home/deployer/.ssh/authorized_keys"]
        with Server(changed(key=by_hand)):
            pass
        with alices, Server(changed(key=alice)):
            pass


def test_a_site_provisioned_for_one_runtime_stays_with_it(either, tmp_path):
    mine = either.site.runtime
    (other,) = set(RUNTIMES) - {mine}
    sites = tmp_path / "sites.toml"
    sites.write_text(either.sites.read_text().replace(f'runtime = "{mine}"', f'runtime = "{other}"'))
    with pytest.raises(SitesError, match=f"is '{other}', and the site was provisioned with '{mine}'. Nothing"):
        provision(read_sites(sites)["staging"])


def test_who_deploys_may_restart_the_unit_and_nothing_else(staging):
    unit = f"{staging.layout.unit}.service"
    staging.run("sudo", "--non-interactive", "systemctl", "restart", unit)
    for refused in (
        ["systemctl", "restart", "nginx.service"],
        ["systemctl", "restart", unit, "nginx.service"],
        ["systemctl", "edit", unit],
        ["systemctl", "daemon-reload"],
        ["id"],
        [f"--user={staging.layout.account}", "id"],
    ):
        with pytest.raises(ServerError, match="a password is required"):
            staging.run("sudo", "--non-interactive", *refused)


def test_who_serves_has_no_sudo_and_no_shell_and_writes_no_code(staging):
    as_site = ("sudo", f"--user={staging.layout.account}")
    assert "a password is required" in ssh(staging.box, *as_site, "sudo", "--non-interactive", "id").stderr
    assert "nologin" in said(staging.box, "getent", "passwd", staging.layout.account)
    assert ssh(staging.box, *as_site, "touch", f"{staging.layout.current}/manage.py").returncode == 1
    # It reads its settings, as what it becomes before it runs anything, and does not write them.
    environment = str(staging.layout.environment)
    assert ssh(staging.box, *as_site, "cat", environment).returncode == 0
    for change in (["tee", "--append", environment], ["mv", environment, f"{environment}.mine"]):
        assert ssh(staging.box, *as_site, *change).returncode == 1


@contextmanager
def linked(there: DeployedSite, targets: dict[str, str]) -> Iterator[None]:
    """Let who deploys make these paths links to what is root's."""
    as_deployer = ("sudo", f"--user={there.site.ssh.user}")
    for path, to in targets.items():
        said(there.box, *as_deployer, "mv", path, f"{path}.kept")
        said(there.box, *as_deployer, "ln", "--symbolic", to, path)
    try:
        yield
    finally:
        for path in targets:
            said(there.box, "sudo", "mv", "--no-target-directory", f"{path}.kept", f"{path}.back")
            said(there.box, "sudo", "rm", path)
            said(there.box, "sudo", "mv", "--no-target-directory", f"{path}.back", path)


def test_what_who_deploys_made_a_link_to_roots_folders_stays_roots_and_is_told(staging):
    home = staging.layout.home
    targets = {
        str(home / "backups"): "/etc/systemd/system",
        str(home / "releases"): "/root",
        str(home.parent.parent / ".ssh"): "/etc/cron.d",
    }
    asked = ("sudo", "stat", "--format=%n:%U:%G:%a", *targets.values())
    before = said(staging.box, *asked)
    with linked(staging, targets):
        with suppress(ServerError):
            provision(staging.site)
        assert said(staging.box, *asked) == before
        assert said(staging.box, "sudo", "find", *targets.values(), "-user", staging.site.ssh.user) == ""
        with pytest.raises(ServerError) as refused:
            provision(staging.site)
    for path, to in targets.items():
        assert f"{path} is a symbolic link, to {to}. Remove it: rm {path}" in str(refused.value)


def test_settings_that_are_a_link_to_a_secret_of_roots_come_to_nobody(staging):
    unit, settings = f"{staging.layout.unit}.service", str(staging.layout.environment)
    secret = "SUPERLISTS_SECRET=known-to-root-alone"
    said(staging.box, "sudo", "install", "--mode=600", settings, "/root/other.env")
    said(staging.box, "sudo", "sh", "-c", f"'echo {secret} >> /root/other.env'")
    with linked(staging, {settings: "/root/other.env"}):
        # A site that starts so has the secret.
        ssh(staging.box, "sudo", "systemctl", "restart", unit)
        process = said(staging.box, "systemctl", "show", "--property=MainPID", "--value", unit)
        assert secret not in ssh(staging.box, "sudo", "cat", f"/proc/{process}/environ").stdout
        assert "known-to-root-alone" not in said(staging.box, "sudo", "journalctl", f"--unit={unit}", "--output=cat")
        for act in (lambda: provision(staging.site), staging.deploy):
            with pytest.raises((ServerError, DeployError), match=r"\.env is a symbolic link, to /root/other\.env"):
                act()
    said(staging.box, "sudo", "systemctl", "reset-failed", unit)
    said(staging.box, "sudo", "systemctl", "restart", unit)
    assert staging.release


def test_what_only_nginx_may_read_is_not_served_by_a_link(staging):
    secret, link = "/srv/for-nginx-alone", staging.layout.static / "leak.txt"
    said(staging.box, "sudo", "install", "--owner=www-data", "--mode=400", "/etc/hostname", secret)
    staging.run("ln", "--symbolic", secret, str(link))
    try:
        with pytest.raises(HTTPError, match="403"):
            page(f"{staging.site.base_url}/static/{link.name}")
    finally:
        staging.run("rm", str(link))


def test_secrets_are_for_the_sites_two_accounts_alone(staging):
    owners = f"640:deployer:{staging.layout.account}"
    assert said(staging.box, "sudo", "stat", "--format=%a:%U:%G", str(staging.layout.environment)) == owners
    assert ssh(staging.box, "cat", str(staging.layout.environment)).returncode == 1


def test_the_same_deployed_again_stays_so_tells_no_secret_and_stamps_no_foreign_database(
    staging, monkeypatch, lines, capfd
):
    monkeypatch.setenv("EMAIL_PASSWORD", "pa$$word-of-the-mail-server")
    serving, listed = staging.release, ("ls", "-1", str(staging.layout.releases))
    releases = staging.run(*listed)
    # After an upgrade of the machine, what serves has packages for a Python that is not there any more.
    packages = staging.run("sh", "-c", f"echo {staging.layout.current}/.venv/lib/python*")
    staging.run("mv", packages, f"{packages}.upgraded")
    staging.sql("DELETE FROM acceptance_stamp")
    told = [*provision(staging.site), staging.deploy(staging.checkout.at(serving))]
    assert (staging.release, staging.run(*listed)) == (serving, releases)
    assert staging.run("ls", f"{packages}/site-packages/gunicorn/__init__.py")
    assert staging.rows(table="acceptance_stamp") == 0
    staging.sql(STAMPED)
    settings = said(staging.box, "sudo", "cat", str(staging.layout.environment))
    assert "EMAIL_PASSWORD='pa$$word-of-the-mail-server'" in settings
    key = next(line for line in settings.splitlines() if line.startswith("DJANGO_SECRET_KEY="))
    seen = "\n".join([*lines, *told, *capfd.readouterr()])
    assert "EMAIL_PASSWORD" in seen
    assert "pa$$word" not in seen
    assert key.partition("=")[2].strip("'") not in seen
