"""A site in a container on a server: what is special about it."""

import subprocess
import tarfile
from dataclasses import replace
from io import BytesIO

import pytest

from acceptance.ssh import Server, ServerError
from acceptance.waiting import eventually
from benchmarks.downtime_probe import visitors
from deploy.deployment import DeployError, prune, roll_back
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from deploy.release_image import NAME
from deploy.runtimes import runtime_of
from deploy.runtimes.container import LAYERS, _container, _fetched
from deploy.smoke import is_well
from deploy.source import Code, Origin
from tests.box.conftest import reboot, said, ssh
from tests.box.deploy_failures import made

# What a deploy may send that changes only source.
MOST_BYTES = 5_000_000


def units(there):
    """Return the units of the site that run."""
    listed = ("systemctl", "list-units", "--state=active", "--plain", "--no-legend", f"{there.layout.unit}@*")
    return [line.split()[0] for line in said(there.box, *listed).splitlines()]


def process(there):
    """Return the number of the process that serves: the first one in its container."""
    [unit] = units(there)
    _, slot, _ = unit.replace("@", ".").rsplit(".", 2)
    return there.container("inspect", "--format={{.State.Pid}}", f"{there.layout.unit}-{slot}")


def received(there):
    """Return how many bytes came to the box so far."""
    return int(said(there.box, "cat", "/sys/class/net/eth0/statistics/rx_bytes"))


def marked(there, text):
    """Return a commit that changes nothing but source."""
    return there.checkout.commit({"superlists/marked.py": f'"""{text}"""\n'})


def test_a_second_time_it_changes_nothing(contained):
    assert provision(contained.site) == []


def test_edith_logs_in(contained):
    ran = contained.behave("--format=progress", "-D", "mailbox=server", "features/logging_in.feature")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 feature passed" in ran.stdout
    assert "0 skipped" in ran.stdout


def test_the_container_has_no_privilege(contained):
    number = process(contained)
    status = dict(
        line.split(":\t", 1) for line in said(contained.box, "sudo", "cat", f"/proc/{number}/status").splitlines()
    )
    account = said(contained.box, "id", "--user", contained.layout.account)
    assert set(status["Uid"].split()) == {account}
    assert (int(status["CapBnd"], 16), int(status["CapEff"], 16), status["NoNewPrivs"]) == (0, 0, "1")
    # Nor is there another account in it that it could become.
    assert said(contained.box, "sudo", "cat", f"/proc/{number}/uid_map").split() == ["0", account, "1"]
    mounts = [line.split() for line in said(contained.box, "sudo", "cat", f"/proc/{number}/mounts").splitlines()]
    # Of what outlives it, it has the site's data and the place for its socket.
    lasting = {at for _, at, kind, *_ in mounts if kind in ("ext4", "overlay")}
    assert lasting == {"/", str(contained.layout.home), f"{contained.layout.state}/sockets"}
    assert next(options for _, at, _, options, *_ in mounts if at == "/").startswith("ro,")


def test_a_release_that_does_not_become_healthy_never_serves(contained):
    before, rows, files = contained.release, contained.rows(), made(contained)
    broken = contained.checkout.replaced("superlists/wsgi.py", '"""Where', 'raise SystemExit("Not today")\n"""Where')
    with visitors(contained.site.base_url, many=1) as visits, pytest.raises(DeployError) as failure:
        contained.deploy(broken)
    assert (visits.tried > 50, visits.refused) == (True, [])
    told = str(failure.value)
    assert "It has ended." in told
    assert "Not today" in told
    assert f"{before} serves again, and passes" in told
    assert (contained.release, contained.rows()) == (before, rows)
    assert len(units(contained)) == 1
    assert made(contained) - files == set()


def test_its_image_comes_back_from_its_server_as_it_is_and_goes_once_no_release_needs_it(contained):
    """As a promotion takes it to another server."""
    release, runtime, layout = contained.release, runtime_of(contained.site), contained.layout
    layers = contained.container("image", "inspect", f"--format={LAYERS}", f"{NAME}:{release}").split()
    told: list[str] = []
    with Server(contained.site) as server:
        code = Code(release, b"", Origin(server, layout))
        # All but its last layer is there.
        with _fetched(code, layers[:-1]) as (image, _, static):
            server.run(replace(_container(layout, "load", "copied", step="Loading it"), stdin=image, timeout_s=120))
        assert runtime.checksums(server, layout, "copied") == runtime.checksums(server, layout, release)
    with tarfile.open(fileobj=BytesIO(static)) as files:
        assert "./staticfiles.json" in files.getnames()
    prune(contained.site, told.append)
    assert "Removed the image copied" in told
    assert "free" in told[-1]
    tags = contained.container("image", "ls", "--noheading", "--format={{.Tag}}", NAME).split()
    assert set(tags) == set(contained.run("ls", "-1", str(layout.releases)).split())
    assert {release, contained.previous} - {""} == set(tags)


def test_what_a_killed_switch_left_is_tidied_up_and_only_what_changed_is_sent(contained):
    [serving] = units(contained)
    other = serving.replace("@a.", "@b.") if "@a." in serving else serving.replace("@b.", "@a.")
    slots = contained.layout.state / "slots"
    slot = other.rpartition("@")[2][0]
    account = f"--user={contained.layout.account}"
    contained.run("sudo", account, "cp", str(slots / serving.rpartition("@")[2][0]), str(slots / slot))
    contained.run("sudo", "--non-interactive", "systemctl", "restart", other)
    assert units(contained) == sorted([serving, other])
    before = received(contained)
    contained.deploy(marked(contained, "Changed."))
    assert received(contained) - before < MOST_BYTES
    assert units(contained) == [other]
    assert contained.run("ls", str(slots)).split() == sorted([slot, "current.sock"])


def test_who_deploys_becomes_root_by_nothing(contained):
    unit, account = f"{contained.layout.unit}@a.service", contained.layout.account
    sudo, as_site = ("sudo", "--non-interactive"), ("sudo", "--non-interactive", f"--user={contained.layout.account}")
    image = f"superlists-release:{contained.release}"
    told = ("--privileged", "--network=host", "--cgroups=disabled", "--user=0:0", "--volume=/:/host", image)
    everything = (*as_site, f"{contained.layout.library}/container", "run", "--rm", *told)
    assert set(contained.run("id", "--name", "--groups").split()) == {"deployer", account, "systemd-journal"}
    for refused, says in (
        ((*sudo, "id"), "a password is required"),
        ((*sudo, "podman", "ps"), "a password is required"),
        ((*sudo, "systemctl", "restart", "nginx.service"), "a password is required"),
        ((*sudo, "systemctl", "stop", unit, "nginx.service"), "a password is required"),
        ((*sudo, "systemctl", "restart", unit, "--root=/tmp"), "a password is required"),
        ((*sudo, "systemctl", "edit", unit), "a password is required"),
        (
            ("env", "SYSTEMD_PAGER=sh", *sudo, "--preserve-env=SYSTEMD_PAGER", "systemctl", "restart", unit),
            "not allowed",
        ),
        ((*sudo, "--group=root", f"--user={account}", "id"), "a password is required"),
        # The site's account may do nothing more than the one that deploys.
        ((*as_site, *sudo, "true"), "a password is required"),
        ((*as_site, "cat", "/etc/shadow"), "permission denied"),
        ((*as_site, "cp", "/bin/sh", f"{contained.layout.library}/container"), "permission denied"),
        ((*as_site, "mv", f"{contained.layout.state}/slots", f"{contained.layout.state}/mine"), "permission denied"),
        # Who is root in a container of that account's is that account, whatever the container is allowed.
        ((*everything, "cat", "/host/etc/shadow"), "permission denied"),
        ((*everything, "cp", "/bin/sh", "/host/etc/cron.d/mine"), "permission denied"),
    ):
        with pytest.raises(ServerError, match=f"(?i){says}"):
            contained.run(*refused)


def test_a_link_in_place_of_the_sites_folder_leads_no_further_than_its_account_may_go(contained):
    closed, home = "/root/open-to-all", str(contained.layout.home)
    release = contained.release
    said(contained.box, "sudo", "install", "--directory", "--mode=777", closed)
    contained.run("mv", home, f"{home}.kept")
    contained.run("ln", "--symbolic", closed, home)
    try:
        with pytest.raises(ServerError, match=r"(?i)permission denied"):
            contained.container("manage", release, ".env", "check")
        assert said(contained.box, "sudo", "ls", "--almost-all", closed) == ""
    finally:
        contained.run("rm", home)
        contained.run("mv", f"{home}.kept", home)


def test_the_doctor_finds_a_container_that_does_not_run(contained):
    release, [unit] = contained.release, units(contained)
    said(contained.box, "sudo", "systemctl", "stop", unit)
    try:
        with pytest.raises(BrokenError, match=r"broken: the site's container runs\. fab deploy makes it anew"):
            list(examine(contained.site))
        # Fixtures and what else manage.py does need no container that serves.
        assert "no issues" in contained.manage("check")
    finally:
        said(contained.box, "sudo", "systemctl", "start", unit)
    eventually(lambda: is_well(contained.site, release), what="the site, well again", within_s=30)


def test_a_site_that_is_killed_is_back_by_itself(contained):
    release = contained.release
    # What Podman's containers share was begun by the system then, and by no deploy.
    reboot(contained.box)
    eventually(lambda: is_well(contained.site, release), what="the site after a reboot", within_s=30)
    assert said(contained.box, "systemctl", "list-units", "--failed", "--plain", "--no-legend") == ""
    assert ssh(contained.box, "sudo", "kill", "-9", process(contained)).returncode == 0
    eventually(lambda: is_well(contained.site, release), what="the site, well again", within_s=30)


def test_a_release_whose_image_is_gone_is_no_way_back_until_it_is_deployed_again(contained):
    if not contained.previous:
        contained.deploy(marked(contained, "Newer."))
    serving, gone = contained.release, contained.checkout.at(contained.previous)
    # As `podman image prune --all` does.
    contained.container("image", "rm", f"superlists-release:{gone.commit}")
    with pytest.raises(DeployError, match=rf"{gone.commit} is not on this machine.*\n.*: {serving} serves again"):
        roll_back(contained.site, sites=contained.sites, say=contained.said.append)
    assert (contained.release, contained.previous) == (serving, gone.commit)
    # The second time it is what serves already.
    for _ in range(2):
        contained.deploy(gone)
        assert (contained.release, contained.previous) == (gone.commit, serving)


def test_a_person_at_a_terminal_stamps_its_database(contained):
    manage = ("sudo", f"--user={contained.site.ssh.user}", str(contained.layout.home / "manage"), "stamp_site")
    asked = contained.box.ssh(*manage)
    asked.insert(1, "-tt")
    typed = f"{contained.site.host}\n"
    ran = subprocess.run(asked, input=typed, capture_output=True, text=True, check=False, timeout=60)
    assert f"The database is disposable for {contained.site.host}." in ran.stdout
