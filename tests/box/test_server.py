"""A box looks like an empty Debian server."""

import socket
import subprocess
import uuid
from dataclasses import replace
from time import monotonic

import pytest

from acceptance.waiting import eventually
from deploy import box as boxes
from deploy.box import reboot
from deploy.box_folder import BoxSettings, introduce, new_keys
from tests.acceptance.key_files import new_key
from tests.box.conftest import said, ssh


def with_changed_config(box, folder, old, new):
    """Return the box as somebody sees it whose ssh is configured otherwise."""
    config = (box.folder / "ssh_config").read_text()
    assert old in config
    (folder / "ssh_config").write_text(config.replace(old, new))
    return replace(box, folder=folder)


def test_ssh_understands_how_to_log_in_whatever_the_folder_is_called(tmp_path):
    settings = BoxSettings(tmp_path / "a 100% new folder", name="staging-1")
    _, host_key = new_keys(settings)
    introduce(settings, host_key, "127.0.0.1", 2222, 8080)
    asked = ["ssh", "-G", "-F", str(settings.folder / "ssh_config"), "staging-1"]
    said = subprocess.check_output(asked, text=True).splitlines()
    assert {"hostname 127.0.0.1", "port 2222", "user debian", "identitiesonly yes"} <= set(said)
    assert {"stricthostkeychecking true", "globalknownhostsfile none"} <= set(said)
    # Some of the files it tells as they will be read, some as they are written in the configuration.
    read = [line.replace("%%", "%") for line in said]
    assert f"identityfile {settings.folder / 'key'}" in read
    assert f"userknownhostsfile {settings.folder / 'known_hosts'}" in read


def test_its_user_logs_in_with_the_key(box):
    assert said(box, "id", "--user", "--name") == "debian"
    assert said(box, "hostname") == "box"


def test_sshd_does_not_answer_before_it_lets_people_in(box):
    before = said(box, "systemctl", "show", "--property=After", "--value", "ssh.service").split()
    assert "systemd-user-sessions.service" in before


def test_another_key_is_refused(box, tmp_path):
    stranger = new_key(tmp_path / "key")
    refused = ssh(with_changed_config(box, tmp_path, str(box.folder / "key"), str(stranger)), "true")
    assert refused.returncode == 255
    assert "Permission denied (publickey)" in refused.stderr


def test_a_server_with_another_host_key_is_refused(box, tmp_path):
    new_key(tmp_path / "host")
    public = " ".join((tmp_path / "host.pub").read_text().split()[:2])
    (tmp_path / "known_hosts").write_text(f"[{box.address}]:{box.ssh_port} {public}\n")
    changed = with_changed_config(box, tmp_path, str(box.folder / "known_hosts"), str(tmp_path / "known_hosts"))
    refused = ssh(changed, "true")
    assert refused.returncode == 255
    assert "Host key verification failed" in refused.stderr


def test_root_and_passwords_are_refused(box):
    for options in (["-l", "root"], ["-o", "PreferredAuthentications=none"]):
        refused = ssh(box, *options)
        assert refused.returncode == 255
        # What stands in brackets is all that sshd would take.
        assert "Permission denied (publickey)" in refused.stderr


def test_its_user_has_all_rights_without_a_password(box):
    assert said(box, "sudo", "--non-interactive", "id", "--user") == "0"


def test_every_unit_is_well(box):
    state = ssh(box, "systemctl", "is-system-running", "--wait").stdout.strip()
    failed = said(box, "systemctl", "list-units", "--failed", "--plain", "--no-legend")
    assert (state, failed) == ("running", "")


def test_the_journal_keeps_what_is_said(box):
    mark = uuid.uuid4().hex
    said(box, "logger", "--tag", "test", mark)
    eventually(
        lambda: said(box, "sudo", "journalctl", "--boot", "--identifier=test", "--output=cat"),
        lambda kept: mark in kept,
        what="the line in the journal",
    )


@pytest.mark.parametrize("setting", ["PrivateTmp=yes", "ProtectSystem=strict", "ProtectHome=yes", "DynamicUser=yes"])
def test_a_service_can_be_fenced_in(box, setting):
    said(box, "sudo", "systemd-run", "--quiet", "--wait", "--collect", f"--property={setting}", "true")


def test_its_user_can_have_services_of_his_own(box):
    assert said(box, "systemctl", "--user", "is-system-running", "--wait") == "running"


def test_no_web_server_answers_until_somebody_starts_it(box):
    with pytest.raises(OSError, match=r"reset|no answer"):
        first_line_from(box.http_port)
    said(box, "sudo", "systemctl", "start", "nginx")
    assert first_line_from(box.http_port) == "HTTP/1.1 200 OK"
    said(box, "sudo", "systemctl", "stop", "nginx")


def first_line_from(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = connection.recv(4096).decode()
    if not answer:
        raise OSError("no answer")
    return answer.splitlines()[0]


@pytest.mark.parametrize("program", ["rsync", "git", "python3", "nginx", "curl", "ps", "ss"])
def test_what_provisioning_needs_is_there_without_a_network(box, program):
    assert said(box, "sudo", "which", program)


def test_a_virtual_environment_can_be_made(box):
    said(box, "python3", "-m", "venv", "/tmp/venv")
    assert "pip" in said(box, "/tmp/venv/bin/python", "-m", "pip", "--version")


def test_a_reboot_keeps_port_host_key_files_and_journal(another):
    box = another()
    booted = said(box, "systemctl", "show", "--property=UserspaceTimestampMonotonic")
    mark = uuid.uuid4().hex
    said(box, "logger", mark)
    said(box, "touch", "kept")
    began = monotonic()
    reboot(box)
    assert monotonic() - began < boxes.STOPPED_WITHIN_S, "it was killed, not shut down"
    assert said(box, "systemctl", "show", "--property=UserspaceTimestampMonotonic") != booted
    assert boxes.find(box.folder) == box
    said(box, "test", "-e", "kept")
    assert mark in said(box, "sudo", "journalctl", "--identifier=debian", "--output=cat")


def test_a_server_that_was_shut_down_from_within_starts_again_as_it_was(another):
    box = another()
    said(box, "touch", "kept")
    ssh(box, "sudo", "poweroff")
    eventually(lambda: boxes.find(box.folder) is None, what="the end of the box")
    assert boxes.start(box.folder) == box
    said(box, "test", "-e", "kept")
