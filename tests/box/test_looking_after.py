"""What a release engineer asks of a site, and does for its data."""

import pytest

from deploy import data, lock
from deploy.commands import Command
from deploy.doctor import BrokenError, examine
from deploy.server import Server, ServerError
from deploy.status import logs, status
from tests.box.conftest import said

COUNT = "SELECT COUNT(*) AS n FROM lists_list"


def lists_on(there):
    return int(data.query(there.site, COUNT).split()[1])


def test_the_status_tells_how_the_site_is(either):
    told = dict(line.split(":", 1) for line in status(either.site))
    assert told["release"].strip() == either.release
    assert told["environment"].strip() == "staging"
    assert told["health"].strip() == "well"
    assert "free" in told["disk"]
    assert told["lock"].strip() == "free"


def test_the_status_tells_who_holds_the_lock(staging):
    with Server(staging.site) as server, lock.held(server, staging.place, "counting sheep"):
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
    named = unit.format(unit=staging.place.unit)
    service = f"{staging.place.unit}.service"
    said(staging.box, "sudo", "systemctl", "stop", named, service)
    try:
        with pytest.raises(BrokenError, match=says):
            list(examine(staging.site))
    finally:
        said(staging.box, "sudo", "systemctl", "start", named)


def test_static_files_that_nginx_may_not_read_are_found(staging):
    static = str(staging.place.home / "static")
    staging.run("chmod", "700", static)
    try:
        with pytest.raises(BrokenError, match=r"broken: static files are served"):
            list(examine(staging.site))
    finally:
        staging.run("chmod", "2755", static)


def test_a_backup_comes_back_without_its_stamp_and_what_was_there_is_kept(either):
    told: list[str] = []
    either.manage("create_list", "Precious")
    before = lists_on(either)
    data.back_up(either.site, told.append)
    name = told[0].rpartition("/")[2]
    either.manage("create_list", "Entered since")
    data.restore(either.site, name, say=told.append)
    assert lists_on(either) == before
    assert data.query(either.site, "SELECT COUNT(*) AS n FROM testing_stamp").split() == ["n", "0"]
    kept = told[1].rpartition(" ")[2]
    argv = ("python3", "-c", f"import sqlite3; print(sqlite3.connect('{kept}').execute('{COUNT}').fetchone()[0])")
    with Server(either.site) as server:
        assert int(server.run(Command(argv, says="Counting"))) == before + 1
    stamp = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])"
    again = "INSERT INTO testing_stamp (site) VALUES ('127.0.0.1')"
    either.run("python3", "-c", stamp, str(either.place.database), again)


def test_a_backup_that_is_not_there_is_told_with_those_that_are(staging):
    data.back_up(staging.site)
    with pytest.raises(data.RefusedError, match=r"(?s)There is no backup 'yesterday'\. There are:.*\.sqlite3"):
        data.restore(staging.site, "yesterday")
