"""A container that somebody else started: looked at, never stopped, emptied only where its database is stamped."""

import os
import socket

import pytest

from acceptance.targets import container as container_module
from acceptance.targets import fixture_channel
from acceptance.targets.base import FixtureError, TargetError
from acceptance.waiting import eventually
from tests.targets.engine import DISPOSABLE, FOR_PRODUCTION, STAMP, by_hand, port_of, run

FORGET_A_MIGRATION = """
import sqlite3
with sqlite3.connect("/data/db.sqlite3") as database:
    database.execute("DELETE FROM django_migrations WHERE app = 'lists'")
"""


@pytest.fixture(scope="module")
def production():
    with by_hand(FOR_PRODUCTION) as container:
        yield container


@pytest.fixture(scope="module")
def stamped():
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        yield container


def runs_still(container):
    container.reload()
    return bool(container.status == "running")


def test_production_is_looked_at_and_takes_no_fixtures(existing, production):
    target = existing(production.name)
    assert target.identity().environment == "production"
    assert target.read_only
    assert target.failure_reason() == ""
    reason = target.fixtures_unavailable()
    assert "takes no fixtures" in reason
    assert "Unknown command: 'serve_fixtures'" in reason
    assert f"SUPERLISTS_TESTING=1, EMAIL_FILE_PATH=/data/mail\n  and SITE_ORIGIN={target.base_url}" in reason
    assert f"docker exec -it {production.name} python manage.py stamp_site" in reason
    with pytest.raises(TargetError, match="takes no fixtures"):
        target.manage("reset_site", "--site", "localhost")
    target.stop()
    assert runs_still(production)


def test_a_disposable_site_takes_fixtures_once_a_person_has_stamped_it(existing):
    with by_hand(DISPOSABLE) as container:
        assert "the database is not stamped" in existing(container.name).fixtures_unavailable()
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        target = existing(container.name)
        assert target.fixtures_unavailable() == ""
        path = target.manage("create_list", "Buy milk")
        target.stop()
        # Nothing was emptied by the end of one run or the beginning of another.
        with pytest.raises(FixtureError, match="has no owner"):
            existing(container.name).manage("share_list", path, "edith@example.com")
        assert runs_still(container)


def test_who_comes_second_is_told_who_is_at_work_and_since_when(existing, stamped):
    first = existing(stamped.name)
    assert first.fixtures_unavailable() == ""
    reason = existing(stamped.name).fixtures_unavailable()
    assert f"process {os.getpid()} since 20" in reason
    assert "-D lock.wait=SECONDS" in reason
    assert "stamp" not in reason
    first.stop()
    assert existing(stamped.name, lock_wait="10").fixtures_unavailable() == ""


def test_a_wait_for_the_database_that_is_interrupted_leaves_nobody_waiting(existing, stamped, monkeypatch):
    assert existing(stamped.name).fixtures_unavailable() == ""
    monkeypatch.setattr(fixture_channel, "OPENING_LIMIT_S", -599.0)
    assert "no answer within 1 s" in existing(stamped.name, lock_wait="600").fixtures_unavailable()
    count = ["sh", "-c", "grep -s -l -a '[s]erve_fixtures' /proc/[0-9]*/cmdline | wc -l"]
    eventually(lambda: run(stamped, *count).strip(), lambda left: left == "1", what="one channel only", within_s=5)


def test_fixtures_of_another_site_than_the_one_in_the_browser_are_refused(existing, stamped, monkeypatch):
    another = {"healthy": True, "site": "another", "environment": "docker", "release": "1"}
    monkeypatch.setattr(container_module, "health", lambda _: another)
    target = existing(stamped.name)
    assert "is the site another, but the fixture channel leads to localhost" in target.fixtures_unavailable()
    with pytest.raises(TargetError, match="takes no fixtures"):
        target.manage("create_list", "Buy milk")


def test_a_container_that_is_not_there_is_told_with_those_that_are(existing, production):
    for name in ("superlists-nowhere", "running"):
        with pytest.raises(TargetError, match=rf"There is no container '{name}'\. Running: .*{production.name}"):
            existing(name)


def test_a_container_that_is_not_migrated_or_does_not_run(existing):
    with by_hand(FOR_PRODUCTION) as container:
        run(container, "python", "-c", FORGET_A_MIGRATION)
        with pytest.raises(TargetError, match=r"is not healthy: .*'migrations_applied': False"):
            existing(container.name)
        for happens, says in (
            (container.pause, r"is paused: docker unpause \S+$"),
            (container.kill, r"ended with exit code 137\. Start it first: docker start"),
        ):
            happens()
            with pytest.raises(TargetError, match=says):
                existing(container.name)


def test_a_site_of_another_name_is_not_gone_to(existing):
    elsewhere = FOR_PRODUCTION | {"DJANGO_ALLOWED_HOST": "lists.example.com"}
    with (
        by_hand(elsewhere) as container,
        pytest.raises(TargetError, match=r"answers to another host\. Allowed: 127\.0\.0\.1 or localhost"),
    ):
        existing(container.name)


def test_a_container_on_another_interface_is_not_mistaken_for_its_neighbour(existing, production):
    there = FOR_PRODUCTION | {"DJANGO_ALLOWED_HOST": "127.0.0.1"}
    with (
        by_hand(there, at=("127.0.0.2", port_of(production))) as container,
        pytest.raises(TargetError, match=r"publishes its port at 127\.0\.0\.2:\d+ only: docker run -p"),
    ):
        existing(container.name)


def test_a_name_that_leads_to_somebody_else_as_well_is_refused():
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]
        with pytest.raises(TargetError, match=f"At ::1, port {port}, something else answers"):
            container_module._refuse_neighbour(port, {"127.0.0.1"})
        container_module._refuse_neighbour(port, {"0.0.0.0", "::"})
