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
from deploy.box_container import free_ports
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


def test_a_key_with_a_passphrase_is_taken_from_an_agent(box, described, tmp_path, monkeypatch):
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    (tmp_path / "key").write_bytes((box.folder / "key").read_bytes())
    (tmp_path / "key").chmod(0o600)
    guarded = rewritten(tmp_path / "key", passphrase="open sesame")
    site = described(key=f'"{guarded}"')
    assert refusal("provision", site).endswith(
        f": the key {guarded} has a passphrase, and no agent holds it here. "
        f"Hand it to yours: ssh-add {guarded} (without an agent, begin with: eval $(ssh-agent))"
    )
    with agent(tmp_path / "agent", tmp_path / "key") as environ:
        monkeypatch.setenv("SSH_AUTH_SOCK", environ["SSH_AUTH_SOCK"])
        with Server(read_sites(site)["box"], user="debian") as server:
            assert server.run(Command(("id", "--user", "--name"), step="Asking")) == "debian"


def test_a_site_that_is_not_described_and_a_server_that_was_not_provisioned(described):
    sites = described()
    assert refusal("deploy", sites, "--dirty").startswith("deployer@127.0.0.1, port ")
    command = [FAB, "--search-root=deploy", "deploy", "lists", f"--sites={sites}"]
    other = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert other.returncode == 1
    assert other.stderr.startswith("There is no site 'lists' in ")
    assert other.stderr.endswith("; allowed: box\n")
