"""What a machine is asked to do, as lists of arguments."""

import pytest

from acceptance.remote_command import Command
from deploy.remote_commands import (
    add_account,
    extract,
    find_account,
    install_packages,
    journal,
    locked,
    make_folder,
    make_venv,
    manage,
    pip_install,
    put_file,
    refresh_packages,
    reload_units,
    switch_link,
    systemctl,
)

SUDO = "sudo --non-interactive -- "
APT = SUDO + "env DEBIAN_FRONTEND=noninteractive apt-get --option=DPkg::Lock::Timeout=120 "


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (make_folder("/srv/lists"), "install --directory --mode=755 /srv/lists"),
        (make_folder("/srv/lists", mode="700"), "install --directory --mode=700 /srv/lists"),
        (systemctl("restart", "lists.service"), SUDO + "systemctl restart lists.service"),
        (systemctl("enable", "lists.service"), SUDO + "systemctl enable lists.service"),
        (systemctl("reload", "nginx"), SUDO + "systemctl reload nginx"),
        (systemctl("is-active", "nginx"), "systemctl is-active nginx"),
        (reload_units(), SUDO + "systemctl daemon-reload"),
        (
            journal("--unit=lists.service", since=1700000000.25),
            "journalctl --unit=lists.service --since=@1700000000.250000 --output=json --no-pager --quiet",
        ),
        (refresh_packages(), APT + "update --quiet"),
        (
            install_packages(["nginx", "g++"]),
            APT + "install --yes --quiet --no-install-recommends nginx g++",
        ),
        (
            add_account("lists-staging", "/srv/lists"),
            SUDO + "useradd --system --user-group --home-dir=/srv/lists --shell=/usr/sbin/nologin lists-staging",
        ),
        (find_account("edith"), "getent passwd edith"),
        (extract(b"", "/srv/lists"), "tar --extract --no-same-owner --file=- --directory=/srv/lists"),
        (make_venv("/srv/lists/venv"), "python3 -m venv --clear --without-pip /srv/lists/venv"),
        (make_venv("/srv/venv", python="python3.13"), "python3.13 -m venv --clear --without-pip /srv/venv"),
        (
            pip_install("/srv/venv", "/srv/requirements.txt"),
            "python3 -m pip --python /srv/venv/bin/python install --quiet --disable-pip-version-check --no-input "
            "--requirement=/srv/requirements.txt",
        ),
        (
            pip_install("/srv/venv", "/srv/requirements.txt", wheels="/srv/wheels"),
            "python3 -m pip --python /srv/venv/bin/python install --quiet --disable-pip-version-check --no-input "
            "--no-index --find-links=/srv/wheels --requirement=/srv/requirements.txt",
        ),
        (manage("/srv/manage", "migrate", "--no-input"), "/srv/manage migrate --no-input"),
    ],
)
def test_an_errand_is_a_list_of_arguments(command, words):
    assert command.arguments() == words.split()
    assert command.says


def test_a_file_is_made_empty_then_written_then_moved_into_place():
    made, written, moved = put_file("/etc/lists.env", "KEY=sesame\n", mode="600")
    assert made.arguments() == ["install", "--mode=600", "/dev/null", "/etc/lists.env.new"]
    assert written.arguments() == ["dd", "status=none", "of=/etc/lists.env.new"]
    assert moved.arguments() == ["mv", "--force", "--no-target-directory", "/etc/lists.env.new", "/etc/lists.env"]
    assert [step.stdin for step in (made, written, moved)] == [None, "KEY=sesame\n", None]


def test_a_link_is_made_aside_then_moved_into_place():
    assert [step.arguments() for step in switch_link("/srv/current", "/srv/releases/2")] == [
        ["ln", "--symbolic", "--force", "--no-dereference", "/srv/releases/2", "/srv/current.new"],
        ["mv", "--force", "--no-target-directory", "/srv/current.new", "/srv/current"],
    ]


def test_a_locked_command_is_the_same_but_waits_for_its_turn():
    migrate = Command(("/srv/manage", "migrate"), says="Migrating", user="edith", stdin="x", timeout_s=30)
    assert locked(migrate, "/srv/db.lock", wait_s=2.5) == Command(
        (
            *("flock", "--exclusive", "--timeout=2.5", "--conflict-exit-code=75", "/srv/db.lock"),
            *("/srv/manage", "migrate"),
        ),
        says="Migrating",
        user="edith",
        stdin="x",
        timeout_s=32.5,
    )
    assert "--timeout=0" in locked(migrate, "/srv/db.lock").argv


@pytest.mark.parametrize("path", ["", "relative", "--option", "./here", "~/there", "$HOME/x"])
@pytest.mark.parametrize(
    "errand",
    [
        make_folder,
        make_venv,
        lambda path: put_file(path, "x"),
        lambda path: switch_link(path, "/to"),
        lambda path: switch_link("/link", path),
        lambda path: extract(b"", path),
        lambda path: add_account("edith", path),
        lambda path: pip_install(path, "/requirements.txt"),
        lambda path: pip_install("/venv", path),
        lambda path: manage(path, "migrate"),
        lambda path: locked(reload_units(), path),
    ],
)
def test_paths_are_absolute(errand, path):
    with pytest.raises(ValueError, match="is not an absolute path"):
        errand(path)


@pytest.mark.parametrize("name", ["", "-x", "--now", "two words", "a;b", "a\n"])
@pytest.mark.parametrize(
    "errand",
    [
        lambda name: add_account(name, "/srv"),
        find_account,
        lambda name: systemctl("restart", name),
        lambda name: journal(name, 0),
        lambda name: install_packages(["nginx", name]),
        lambda name: make_folder("/srv", mode=name),
        lambda name: put_file("/srv/x", "", mode=name),
    ],
)
def test_names_are_never_options(errand, name):
    with pytest.raises(ValueError, match="does not look like"):
        errand(name)


def test_systemctl_knows_its_verbs():
    with pytest.raises(KeyError):
        systemctl("mask", "nginx")
