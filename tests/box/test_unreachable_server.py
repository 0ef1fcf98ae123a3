"""A server that cannot be reached as described: one sentence, and an exit code."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from acceptance.remote_command import Command
from acceptance.sites import read_sites
from acceptance.ssh import Server, ServerError
from acceptance.waiting import eventually
from deploy.box import free_ports
from deploy.provision import provision
from features.project import ROOT
from tests.acceptance.key_files import new_key, rewritten

FAB = str(Path(sys.executable).parent / "fab")


def fab(task, sites, *more):
    """Run a task on the box, and return what it ended with and said."""
    command = [FAB, "--search-root=deploy", task, "box", f"--sites={sites}", *more]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def described(box, tmp_path):
    """Write a sites file that says something else of the box."""

    def write(**changes):
        text = (box.folder / "sites.toml").read_text()
        web, login = text.split("[box.ssh]")
        for key, value in changes.items():
            lines = [f"{key} = {value}" if line.startswith(f"{key} =") else line for line in login.splitlines()]
            login = "\n".join(lines) + "\n"
        path = tmp_path / "sites.toml"
        path.write_text(f"{web}[box.ssh]{login}")
        return path

    return write


@contextmanager
def agent(socket, key):
    """Run an agent of one's own that holds a key."""
    environ = {"SSH_AUTH_SOCK": str(socket)}
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL) as process:
        try:
            eventually(socket.exists, what="the agent", within_s=10)
            subprocess.run(["ssh-add", "-q", str(key)], env=os.environ | environ, check=True, timeout=30)
            yield environ
        finally:
            process.terminate()


def refusal(task, sites, *more):
    ran = fab(task, sites, *more)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    lines = ran.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def another_key(box, folder):
    key = new_key(folder / "key")
    where = f"debian@127.0.0.1, port {box.ssh_port}"
    return {"key": f'"{key}"'}, rf"{where} does not take the key {key}\. Is its public part in authorized_keys\?"


def unknown_host(box, folder):
    known, port = folder / "known_hosts", box.ssh_port
    return {
        "known_hosts": f'"{known}"'
    }, rf".*not found in known_hosts.*: ssh-keyscan -p {port} 127\.0\.0\.1 >> {known}"


def another_host_key(box, folder):
    public = " ".join(new_key(folder / "key").with_suffix(".pub").read_text().split()[:2])
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{box.ssh_port} {public}\n")
    forget = rf"ssh-keygen -R '\[127\.0\.0\.1\]:{box.ssh_port}' -f {known}"
    return {"known_hosts": f'"{known}"'}, f".* is another machine than (?!.*ssh-keyscan).*: {forget}"


def nobody_there(*_):
    port = free_ports()[0]
    return {"port": port}, rf"debian@127\.0\.0\.1, port {port} does not answer: .*"


@pytest.mark.parametrize("wrong", [another_key, unknown_host, another_host_key, nobody_there])
def test_a_server_that_is_not_reached_as_described_is_told_in_one_sentence(box, described, tmp_path, wrong):
    changes, told = wrong(box, tmp_path)
    with pytest.raises(ServerError) as refused:
        provision(read_sites(described(**changes))["box"])
    assert re.fullmatch(told, str(refused.value))


def test_a_key_with_a_passphrase_or_none_here_is_taken_from_an_agent(box, described, tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / "key").write_bytes((box.folder / "key").read_bytes())
    (tmp_path / "key").chmod(0o600)
    guarded = rewritten(tmp_path / "key", passphrase="open sesame")
    other = new_key(tmp_path / "other", passphrase="open sesame")
    allowed = "\nagent = true"

    def needs_agent(key, more=""):
        assert refusal("provision", described(key=f'"{key}"{more}')).endswith(
            f": the key {key} has a passphrase, and no agent holds it here. "
            f"Hand it to yours: ssh-add {key} (without an agent, begin with: eval $(ssh-agent))"
        )

    needs_agent(guarded, allowed)
    absent = f'"{tmp_path}/absent"'
    with agent(tmp_path / "agent", tmp_path / "key") as environ:
        monkeypatch.setenv("SSH_AUTH_SOCK", environ["SSH_AUTH_SOCK"])
        needs_agent(other)
        for key in (f'"{guarded}"', f'"{other}"{allowed}', f"{absent}{allowed}"):
            with Server(read_sites(described(key=key))["box"], user="debian") as server:
                assert server.run(Command(("id", "--user", "--name"), step="Asking")) == "debian"
        assert refusal("provision", described(key=absent)).startswith("box.ssh.key: there is no file ")


@pytest.fixture
def behind(box, described, tmp_path):
    """Write a sites file in which the box is behind two jump hosts, each itself: from there its SSH is at port 22."""
    host_key = (box.folder / "known_hosts").read_text().partition(" ")[2]
    jump = f"Host jump\n  HostName 127.0.0.1\n  Port {box.ssh_port}\n  User debian\n"
    jump += "Host inner\n  HostName 127.0.0.1\nHost 127.0.0.1\n  ProxyJump jump,debian@inner\n  User nobody\n"
    (tmp_path / "ssh_config").write_text(jump)

    def write(*known):
        (tmp_path / "known").write_text("".join(f"{name} {host_key}" for name in known))
        return described(port="22", known_hosts=f'"{tmp_path}/known"\nconfig = "{tmp_path}/ssh_config"')

    return write


def test_a_server_behind_jump_hosts_is_reached_and_all_have_to_be_known(box, behind):
    jump = f"[127.0.0.1]:{box.ssh_port}"
    with Server(read_sites(behind(jump, "127.0.0.1"))["box"], user="debian") as server:
        came_from = server.run(Command(("printenv", "SSH_CONNECTION"), step="Asking")).split()
    assert (came_from[0], came_from[3]) == ("127.0.0.1", "22")
    for known, unknown in ((jump, "22"), ("127.0.0.1", str(box.ssh_port))):
        with pytest.raises(ServerError, match=rf"debian@127\.0\.0\.1, port {unknown}: .*not found in known_hosts"):
            Server(read_sites(behind(known))["box"], user="debian")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read: .*No such file"),
        ("Host *\n  ProxyCommand nc %h %p\n", r"has a ProxyCommand for 127\.0\.0\.1; use ProxyJump"),
    ],
)
def test_an_ssh_config_that_leads_nowhere_is_told(described, tmp_path, text, told):
    config = tmp_path / "ssh_config"
    if text:
        config.write_text(text)
    site = read_sites(described(port=f'22\nconfig = "{config}"'))["box"]
    with pytest.raises(ServerError, match=rf"box\.ssh\.config: {config} {told}"):
        Server(site)


def test_a_site_that_is_not_described_and_a_server_that_was_not_provisioned(described):
    sites = described()
    assert refusal("deploy", sites, "--dirty").startswith("deployer@127.0.0.1, port ")
    command = [FAB, "--search-root=deploy", "deploy", "lists", f"--sites={sites}"]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert other.stderr.startswith("There is no site 'lists' in ")
    assert other.stderr.endswith("; allowed: box\n")
