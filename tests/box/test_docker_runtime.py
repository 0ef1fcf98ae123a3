"""A site in a container on a server: what is special about it."""

import subprocess
import sys

import pytest

from acceptance.ssh import Server, ServerError
from acceptance.waiting import eventually
from deploy.deployment import DeployError, roll_back
from deploy.doctor import BrokenError, examine
from deploy.provision import provision
from deploy.release import Releases
from deploy.smoke import is_well
from features.project import ROOT
from tests.box.conftest import said, ssh

JOURNEYS = ("logging_in", "my_lists", "sharing", "smoke")
SERVING = ("sudo", "docker", "inspect", "superlists", "--format")


def test_a_second_time_it_changes_nothing(contained):
    assert provision(contained.site) == []


def test_edith_logs_in_finds_her_lists_and_shares_them(contained):
    features = [f"features/{name}.feature" for name in JOURNEYS]
    settings = ["-D", f"target={contained.site.name}", "-D", f"sites={contained.sites}", "-D", "mailbox=server"]
    command = [sys.executable, "-m", "behave", "--no-color", "--format=progress", *settings, *features]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "4 features passed" in ran.stdout
    assert "0 skipped" in ran.stdout


def test_the_container_has_no_privilege_and_is_called_superlists(contained):
    account = said(contained.box, "id", "--user", contained.layout.account)
    assert said(contained.box, *SERVING, "'{{.Config.User}}'").partition(":")[0] == account
    told = said(contained.box, *SERVING, "'{{.HostConfig.CapDrop}} {{.HostConfig.ReadonlyRootfs}}'")
    assert told == "[ALL] true"
    assert said(contained.box, *SERVING, "'{{.Config.Image}}'") == f"superlists-release:{contained.release}"


def test_a_release_that_does_not_become_well_never_serves(contained):
    before, rows = contained.release, contained.rows()
    serving = said(contained.box, *SERVING, "'{{.Id}}'")
    broken = contained.checkout.replaced("superlists/wsgi.py", '"""Where', 'raise SystemExit("Not today")\n"""Where')
    with pytest.raises(DeployError) as failure:
        contained.deploy(broken)
    told = str(failure.value)
    assert f"superlists-release:{broken.commit} does not become well. It said last:" in told
    assert "Not today" in told
    assert f"{before} serves again, and passes" in told
    assert (contained.release, contained.rows()) == (before, rows)
    assert said(contained.box, "sudo", "docker", "ps", "--all", "--format", "'{{.Names}}'") == "superlists"
    # The way back is a container like every other.
    assert said(contained.box, *SERVING, "'{{.Id}}'") != serving


def test_a_migration_that_fails_leaves_the_site_as_it_was(contained):
    before = contained.release
    broken = contained.checkout.commit({"superlists/lists/migrations/0002_broken.py": "raise SystemExit('Nonsense')\n"})
    with pytest.raises(DeployError, match=rf"(?s)Nonsense.*was not switched: {before} serves on"):
        contained.deploy(broken)
    assert contained.release == before


def test_what_a_killed_switch_left_is_tidied_up(contained):
    image = f"superlists-release:{contained.release}"
    unit = f"--label=superlists.unit={contained.layout.unit}"
    said(contained.box, "sudo", "docker", "create", "--name", "superlists-next", unit, image)
    said(contained.box, "sudo", "docker", "rename", "superlists", "superlists-before")
    contained.deploy(contained.checkout.commit({"superlists/marked.py": '"""Changed."""\n'}))
    # Besides, what the machine has of the image is not sent again.
    [sent] = [line for line in contained.said if "Sending the image" in line]
    assert int(sent.split()[-2]) < 5
    assert said(contained.box, "sudo", "docker", "ps", "--all", "--format", "'{{.Names}}'") == "superlists"


def test_a_deploy_that_was_cut_off_in_its_switch_is_not_taken_for_what_serves(contained):
    contained.deploy()
    before = contained.release
    broken = contained.checkout.replaced("superlists/templates/lists/home.html", "<h1>Start", "<h1 hidden>Start")
    with Server(contained.site) as server:
        Releases(server, contained.layout).make(broken)
    for link, release in (("previous", before), ("current", broken.commit)):
        contained.run("ln", "-sfn", str(contained.layout.releases / release), str(contained.layout.home / link))
    with pytest.raises(DeployError, match=f"{before} serves again, and passes"):
        contained.deploy(broken)
    assert contained.release == before


def test_somebody_elses_container_is_left_alone(contained):
    image = f"superlists-release:{contained.release}"
    other = said(contained.box, "sudo", "docker", "create", "--name", "superlists-next", image)
    try:
        with pytest.raises(DeployError, match="there is a container superlists-next that is not this site's"):
            contained.deploy()
        assert said(contained.box, "sudo", "docker", "inspect", "--format", "{{.Id}}", "superlists-next") == other
    finally:
        said(contained.box, "sudo", "docker", "rm", "superlists-next")


def test_who_deploys_has_the_container_of_this_site_and_nothing_else(contained):
    program = f"/usr/local/sbin/{contained.layout.unit}"
    contained.run("sudo", "--non-interactive", program, "since")
    for refused, says in (
        (["sudo", "--non-interactive", "docker", "ps"], "a password is required"),
        (["docker", "ps"], "permission denied"),
        (["sudo", "--non-interactive", program, "manage", "current", "/etc/shadow", "check"], "manage takes a release"),
        (["sudo", "--non-interactive", program, "serve", "--privileged"], "is no release"),
    ):
        with pytest.raises(ServerError, match=f"(?i){says}"):
            contained.run(*refused)


def test_the_doctor_finds_a_container_that_does_not_run(contained):
    release = contained.release
    said(contained.box, "sudo", "docker", "stop", "superlists")
    try:
        with pytest.raises(BrokenError, match=r"broken: the site's container runs\. fab deploy makes it anew"):
            list(examine(contained.site))
    finally:
        said(contained.box, "sudo", "docker", "start", "superlists")
    eventually(lambda: is_well(contained.site, release), what="the site, well again", within_s=30)


def test_a_site_that_is_killed_is_back_by_itself(contained):
    release = contained.release
    process = said(contained.box, *SERVING, "'{{.State.Pid}}'")
    assert ssh(contained.box, "sudo", "kill", "-9", process).returncode == 0
    eventually(lambda: is_well(contained.site, release), what="the site, well again", within_s=30)


def test_a_release_whose_image_is_gone_is_no_way_back_until_it_is_deployed_again(contained):
    gone = contained.checkout.base
    contained.deploy()
    newer = contained.checkout.commit({"superlists/marked.py": '"""Newer."""\n'})
    contained.deploy(newer)
    # As `docker image prune --all` does.
    said(contained.box, "sudo", "docker", "image", "rm", f"superlists-release:{gone.commit}")
    with pytest.raises(DeployError, match=rf"{gone.commit} is not on this machine.*\n.*: {newer.commit} serves again"):
        roll_back(contained.site, sites=contained.sites, say=contained.said.append)
    assert (contained.release, contained.previous) == (newer.commit, gone.commit)
    contained.deploy(gone)
    assert contained.release == gone.commit


def test_a_person_at_a_terminal_stamps_its_database(contained):
    manage = ("sudo", f"--user={contained.site.ssh.user}", str(contained.layout.home / "manage"), "stamp_site")
    asked = contained.box.ssh(*manage)
    asked.insert(1, "-tt")
    typed = f"{contained.site.host}\n"
    ran = subprocess.run(asked, input=typed, capture_output=True, text=True, check=False, timeout=60)
    assert f"The database is disposable for {contained.site.host}." in ran.stdout
