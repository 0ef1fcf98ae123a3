"""A backup of a site that people use, and its way back."""

import re
import subprocess
from http import HTTPStatus
from threading import Event, Thread
from uuid import uuid4

import pytest
import requests

from acceptance.ssh import Server
from acceptance.waiting import eventually
from deploy import site_data as data
from deploy import site_lock
from deploy.backups import listing
from deploy.site_database import database_of
from tests.box.conftest import said, ssh
from tests.box.manual_changes import STAMPED


def start_lists(site, enough, accepted):
    """Start one list after the other, as a quick person does; note each that the site said it has."""
    with requests.Session() as browser:
        browser.trust_env = False
        while not enough.wait(0.05):
            text = f"Entered meanwhile {uuid4()}"
            browser.get(f"{site.base_url}/", timeout=60)
            form = {"text": text, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
            if (
                browser.post(f"{site.base_url}/", form, allow_redirects=False, timeout=60).status_code
                == HTTPStatus.FOUND
            ):
                accepted.append(text)


@pytest.fixture
def accepted(either):
    """What people have entered, and go on entering until the test ends."""
    enough = Event()
    told: list[str] = []
    people = [Thread(target=start_lists, args=(either.site, enough, told)) for _ in range(2)]
    for person in people:
        person.start()

    def so_far():
        """Return it, once there is more of it."""
        before = len(told)
        eventually(lambda: len(told) > before, what="something more to be entered", within_s=30)
        return set(told)

    yield so_far
    enough.set()
    for person in people:
        person.join()


def items(there, database=""):
    """Return what stands in the lists of the site, or of a copy."""
    return set(there.sql("SELECT text FROM lists_item", database))


def test_a_backup_comes_back_amid_requests_and_what_was_there_is_kept(either, accepted):
    told: list[str] = []
    either.manage("create_list", "Precious")
    data.back_up(either.site, told.append)
    name = told[0].rpartition("/")[2]
    either.manage("create_list", "Entered since")
    first = accepted()
    data.restore(either.site, name, say=told.append)
    last = accepted()
    live, kept = items(either), items(either, told[1].rpartition(" ")[2])
    assert last <= live | kept
    assert first <= kept
    assert last - kept
    assert ("Precious" in live, "Entered since" in live, "Entered since" in kept) == (True, False, True)
    assert data.query(either.site, "SELECT COUNT(*) AS n FROM acceptance_stamp").split() == ["n", "0"]
    assert either.release
    either.sql(STAMPED)


def test_a_backup_comes_from_a_file_here_which_is_whole(staging, tmp_path):
    told: list[str] = []
    data.back_up(staging.site, told.append)
    file, log = tmp_path / "kept.sqlite3", tmp_path / "kept.sqlite3-wal"
    copied = staging.box.ssh("sudo", "cat", told[0].rpartition(" ")[2])
    file.write_bytes(subprocess.run(copied, capture_output=True, check=True, timeout=60).stdout)
    staging.manage("create_list", "Entered since")
    log.write_text("what was written last")
    for origin, why in ((file, f"is not whole: {log} has what was written"), (tmp_path / "x", "a file here, or")):
        with pytest.raises(data.RestoreRefusedError, match=why):
            data.restore(staging.site, "", origin=str(origin))
    log.unlink()
    data.restore(staging.site, "", origin=str(file))
    assert "Entered since" not in items(staging)
    assert "unfinished" not in staging.run("ls", str(staging.layout.backups))
    staging.sql(STAMPED)


def test_the_daily_backup_waits_for_a_deploy_and_is_listed(either):
    unit, suffix = f"{either.layout.unit}-backup.service", database_of(either.layout).suffix

    def lines():
        return [line for line in listing(either.site) if line.endswith(" daily")]

    before = lines()
    # What a machine that lost its power left.
    either.run("touch", str(either.layout.backups / f".daily.{suffix}"))
    with Server(either.site) as server, site_lock.held(server, either.layout, "deploying"):
        said(either.box, "sudo", "systemctl", "start", "--no-block", unit)
        eventually(lambda: not ssh(either.box, "pgrep", "--full", "lock.py.hold").returncode, what="it to wait")
        assert lines() == before
    asked = ("systemctl", "is-active", unit)
    eventually(lambda: ssh(either.box, *asked).stdout.strip() == "inactive", what="its end", within_s=30)
    assert lines() != before
    assert re.search(rf"-daily\.{suffix} +20\S+ \d\d:\d\d UTC +\d+ kB +0 h old  daily$", lines()[-1])


def test_a_backup_that_is_not_there_is_told_with_those_that_are(staging):
    data.back_up(staging.site)
    with pytest.raises(data.RestoreRefusedError, match=r"(?s)There is no backup 'yesterday'\. There are:.*\.sqlite3"):
        data.restore(staging.site, "yesterday")
