"""What a release engineer asks of a site, and does for its data."""

from http import HTTPStatus
from threading import Event, Thread
from uuid import uuid4

import pytest
import requests

from acceptance.ssh import Server, ServerError
from acceptance.waiting import eventually
from deploy import site_data as data
from deploy import site_lock as lock
from deploy.diagnosis import BrokenError, examine
from deploy.status import logs, status
from tests.box.conftest import said
from tests.box.manual_changes import STAMPED


def test_the_status_tells_how_the_site_is(either):
    told = dict(line.split(":", 1) for line in status(either.site))
    assert told["release"].strip() == either.release
    assert told["environment"].strip() == "staging"
    assert told["health"].strip() == "well"
    assert "free" in told["disk"]
    assert told["lock"].strip() == "free"


def test_the_status_tells_who_holds_the_lock(staging):
    with Server(staging.site) as server, lock.held(server, staging.layout, "counting sheep"):
        told = dict(line.split(":", 1) for line in status(staging.site))
    assert "counting sheep since 20" in told["lock"]


def test_the_log_tells_what_happened_lately_or_since(either):
    either.run("curl", "--silent", "--output", "/dev/null", f"http://127.0.0.1/nowhere-{id(either)}/")
    assert f"Not Found: /nowhere-{id(either)}/" in "".join(logs(either.site))
    assert "Not Found" not in "".join(logs(either.site, since="tomorrow"))


def test_a_time_that_nobody_knows_is_told(staging):
    with pytest.raises(ServerError, match=r"Reading the log: .*nonsense"):
        list(logs(staging.site, since="nonsense"))


def test_a_site_that_is_well_has_no_broken_link(either):
    links = list(examine(either.site))
    assert all(link.startswith("holds: ") for link in links)
    assert "holds: the mail server lets the site in" in links


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        ("nginx.service", r"broken: nginx runs\. On the machine: sudo nginx -t"),
        ("{unit}.socket", r"broken: systemd holds the site's socket\. fab provision makes it"),
    ],
)
def test_the_doctor_stops_at_the_link_that_is_broken(staging, unit, says):
    named = unit.format(unit=staging.layout.unit)
    service = f"{staging.layout.unit}.service"
    said(staging.box, "sudo", "systemctl", "stop", named, service)
    try:
        with pytest.raises(BrokenError, match=says):
            list(examine(staging.site))
    finally:
        said(staging.box, "sudo", "systemctl", "start", named)


def test_static_files_that_nginx_may_not_read_are_found(staging):
    static = str(staging.layout.home / "static")
    staging.run("chmod", "700", static)
    try:
        with pytest.raises(BrokenError, match=r"broken: static files are served"):
            list(examine(staging.site))
    finally:
        staging.run("chmod", "2755", static)


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
    people = [Thread(target=start_lists, args=(either.site, enough, told)) for _ in range(4)]
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


def test_a_backup_that_is_not_there_is_told_with_those_that_are(staging):
    data.back_up(staging.site)
    with pytest.raises(data.RestoreRefusedError, match=r"(?s)There is no backup 'yesterday'\. There are:.*\.sqlite3"):
        data.restore(staging.site, "yesterday")
