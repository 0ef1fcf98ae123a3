"""A disk that is full in the middle of a deploy: what served goes on, and nothing is left that a later one takes."""

import pytest

from acceptance.ssh import ServerError
from deploy.status import status
from tests.box.conftest import said, ssh
from tests.box.deploy_failures import make, refused, settings


@pytest.fixture
def disk(staging):
    """Put a folder of the site on a disk of its own, with hardly any room."""
    folders = []

    def small(folder, size, mode):
        owner = f"uid={staging.site.ssh.user},gid={staging.layout.account}"
        options = f"size={size},mode={mode},{owner}"
        said(staging.box, "sudo", "mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
        folders.append(str(folder))

    yield small
    for folder in folders:
        said(staging.box, "sudo", "umount", folder)


def test_a_backup_that_there_is_no_room_for_is_told_and_all_is_as_it_was(staging, disk):
    backups, before = staging.layout.backups, settings(staging)
    releases = staging.run("ls", "-1", str(staging.layout.releases))
    disk(backups, "64k", "700")
    newer = staging.checkout.commit({"superlists/marked.py": '"""No room."""\n'})
    assert "database or disk is full" in refused(staging, newer)
    assert staging.run("ls", "-1", str(backups)) == ""
    assert staging.run("ls", "-1", str(staging.layout.releases)) == releases
    assert settings(staging) == before


def test_a_daily_backup_that_there_is_no_room_for_fails_as_a_unit_and_leaves_nothing(staging, disk):
    unit = f"{staging.layout.unit}-backup.service"
    disk(staging.layout.backups, "64k", "700")
    assert ssh(staging.box, "sudo", "systemctl", "start", unit).returncode == 1
    assert staging.run("ls", "--almost-all", str(staging.layout.backups)) == ""
    (told,) = (line for line in status(staging.site) if line.startswith("backups:"))
    assert "there are none yet; NO daily ones are made: the timer's last run failed: " in told
    assert "database or disk is full" in told
    said(staging.box, "sudo", "systemctl", "reset-failed", unit)


def test_static_files_that_there_was_no_room_for_are_there_the_next_time(staging, disk):
    newer = staging.checkout.commit({"superlists/marked.py": '"""Published by half."""\n'})
    static = staging.layout.static
    disk(static, "150k", "2755")
    with pytest.raises(ServerError, match="No space left on device"):
        make(staging, newer)
    said(staging.box, "sudo", "mount", "-o", "remount,size=9m", str(static))
    make(staging, newer)
    made = staging.layout.releases / newer.commit / "static"
    # Files of other releases may be there as well.
    differing = (".", "-type", "f", "!", "-exec", "cmp", "--silent", "{}", f"{static}/{{}}", ";", "-print")
    assert staging.run("env", f"--chdir={made}", "find", *differing) == ""
