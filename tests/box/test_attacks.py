"""Mistakes that would cost people their lists, made on purpose on servers."""

from contextlib import contextmanager

import pytest

from deploy.server import ServerError
from features.targets import open_target
from features.targets.base import TargetError
from tests.box.conftest import said, ssh
from tests.targets.kinds import config

PROGRAM = "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute(sys.argv[2]); d.commit()"
STAMPED = "INSERT INTO testing_stamp (site) VALUES ('127.0.0.1')"


def change(there, sql, database=None):
    there.run("python3", "-c", PROGRAM, str(database or there.place.database), sql)


def set_by_hand(there, name, value):
    """Edit .env as somebody at a terminal would, and restart the site."""
    path = str(there.place.environment)
    said(there.box, "sudo", "sed", "--in-place", f"\"s|^{name}=.*|{name}='{value}'|\"", path)
    assert f"{name}='{value}'" in said(there.box, "sudo", "cat", path)
    said(there.box, "sudo", "systemctl", "restart", f"{there.place.unit}.service")


@contextmanager
def target_of(there):
    target = open_target(config(target=there.site.name, sites=str(there.sites)))
    target.start()
    try:
        yield target
    finally:
        target.stop()


def refuses_fixtures(there, why):
    with target_of(there) as target:
        assert f"The site {there.site.name} takes no fixtures" in target.refusal
        assert why in target.refusal
        with pytest.raises(TargetError):
            target.manage("reset_site", "--site", there.site.host)
    with pytest.raises(ServerError, match="reset_site failed"):
        there.manage("reset_site", "--site", there.site.host)


@pytest.fixture
def entered(staging):
    """A list on staging."""
    staging.manage("create_list", "Precious")
    return staging


def test_a_copy_of_productions_database_behind_staging(entered):
    rows, copy = entered.rows(), f"{entered.place.home}/of-production.sqlite3"
    entered.run("cp", str(entered.place.database), copy)
    change(entered, "DELETE FROM testing_stamp", copy)
    set_by_hand(entered, "DJANGO_DB_PATH", copy)
    refuses_fixtures(entered, "not stamped")
    assert entered.rows(copy) == rows
    # A deploy puts the site back to its own.
    entered.deploy()
    with target_of(entered) as target:
        assert target.refusal == ""


def test_a_dump_of_another_site_is_not_stamped_by_a_deploy(entered):
    rows = entered.rows()
    change(entered, "UPDATE testing_stamp SET site = 'lists.example.com'")
    refuses_fixtures(entered, "stamped as disposable for lists.example.com")
    change(entered, "DELETE FROM testing_stamp")
    refuses_fixtures(entered, "not stamped")
    entered.deploy()
    refuses_fixtures(entered, "not stamped")
    assert entered.rows() == rows
    change(entered, STAMPED)


def test_testing_switched_on_in_production(production):
    set_by_hand(production, "SUPERLISTS_TESTING", "1")
    for command in ("reset_site", "serve_fixtures", "create_session", "migrate_disposable"):
        with pytest.raises(ServerError, match=f"Unknown command: '{command}'"):
            production.manage(command)
    production.deploy()
    assert "SUPERLISTS_TESTING='0'" in said(production.box, "sudo", "cat", str(production.place.environment))


def test_a_test_database_behind_production(production):
    change(production, "CREATE TABLE testing_stamp (site TEXT)")
    change(production, STAMPED)
    restarted = ssh(production.box, "sudo", "systemctl", "restart", f"{production.place.unit}.service")
    assert restarted.returncode == 1
    change(production, "DROP TABLE testing_stamp")
    production.deploy()
    assert production.release == production.checkout.base.commit
