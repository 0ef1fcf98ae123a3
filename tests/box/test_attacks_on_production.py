"""The promise about data, under attack: a production site full of rows, and the mistakes that people make.

Each test makes one mistake; after each, every row is still there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from acceptance.sites import read_sites
from acceptance.ssh import Server, ServerError
from acceptance.targets import open_target
from acceptance.targets.base import TargetError
from acceptance.targets.fixture_channel import Channel, serve_fixtures
from deploy import site_data
from deploy.deployment import DeployError, deploy, roll_back
from deploy.provision import provision
from deploy.smoke import smoke_run
from deploy.status import status
from tests.box.conftest import ssh
from tests.box.deployed_site import DeployedSite
from tests.box.manual_changes import STAMPED
from tests.targets.kinds import config

FILL = """
INSERT INTO lists_list (id, created_at) SELECT gen_random_uuid(), '2026-11-20 12:00:00Z' FROM generate_series(1, 100)
"""


@pytest.fixture
def site(production: DeployedSite) -> Iterator[DeployedSite]:
    """The site, with a hundred lists; it has all its rows afterwards, and serves."""
    if not production.rows(table="lists_list"):
        production.sql(FILL)
    before, release = production.rows(table="lists_list"), production.release
    yield production
    assert (production.rows(table="lists_list"), production.release) == (before, release)


@pytest.fixture
def renamed(production: DeployedSite, tmp_path: Path) -> Path:
    """A sites file in which somebody calls production staging, and which leads to no SSH."""
    path = tmp_path / "sites.toml"
    path.write_text(production.sites.read_text().replace('environment = "production"', 'environment = "staging"'))
    return path


def test_production_called_staging_is_not_run_on(site, renamed):
    ran = site.behave(sites=renamed)
    assert ran.returncode == 4
    assert "says that production is 127.0.0.1, staging; but the site" in ran.stderr
    assert "Nothing was done." in ran.stderr
    assert dict(line.split(":", 1) for line in status(read_sites(renamed)["production"]))["environment"].strip() == (
        "production, but the sites file says staging"
    )


def test_production_called_staging_is_not_provisioned_deployed_or_restored_unasked(site, renamed):
    wrong, told = read_sites(renamed)["production"], list[str]()
    site_data.back_up(site.site, told.append)
    with pytest.raises(ServerError, match="provisioned as 'production', not 'staging'"):
        site_data.restore(wrong, told[0].rpartition("/")[2], say=told.append)
    assert len(told) == 1
    with pytest.raises(ServerError, match="was provisioned as 'production', not 'staging'"):
        provision(wrong)
    with pytest.raises(DeployError, match=r"(?s)production.*serves on"):
        deploy(wrong, site.checkout.base, sites=renamed)


def test_smoke_scenarios_need_no_ssh(site, tmp_path):
    sites, told = site.without_ssh(tmp_path), list[str]()
    with smoke_run(read_sites(sites)["production"], sites, told.append) as run:
        run()
    assert told


def test_production_takes_no_fixtures(site, tmp_path):
    target = open_target(config(target="production", sites=str(site.without_ssh(tmp_path)), mailbox="server"))
    target.start()
    for touch in (lambda: target.manage("reset_site", "--site", "127.0.0.1"), target.mailbox.now):
        with pytest.raises(TargetError, match="production is a production site"):
            touch()
    target.stop()
    with Server(site.site) as server, pytest.raises(TargetError, match="Unknown command: 'serve_fixtures'"):
        Channel(server.open(site.layout.manage(*serve_fixtures())))


def test_there_are_no_fixture_commands_by_hand_either_and_flush_is_refused(site):
    for command in (["reset_site", "--site", "127.0.0.1"], ["stamp_site"], ["migrate_disposable"], ["create_session"]):
        with pytest.raises(ServerError, match=f"Unknown command: '{command[0]}'"):
            site.manage(*command)
    with pytest.raises(ServerError, match="Refused: the database of a production site is not emptied"):
        site.manage("flush", "--no-input")


def answering(typed: str) -> Callable[[str], str]:
    return lambda _: typed


def test_a_restore_asks_for_the_host(site):
    told: list[str] = []
    site_data.back_up(site.site, told.append)
    for typed in ("", "127.0.0.2"):
        with pytest.raises(site_data.RestoreRefusedError, match=r"is not '127\.0\.0\.1'\. Nothing was changed"):
            site_data.restore(site.site, told[0].rpartition("/")[2], ask=answering(typed))


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("s/^SUPERLISTS_TESTING=.*/SUPERLISTS_TESTING='1'/", "Unknown command: 'reset_site'"),
        ("s/^DJANGO_DEBUG_FALSE=.*/DJANGO_DEBUG_FALSE='0'/", "a production site does not start with debug on"),
        # An environment that is missing is production.
        ("/^SITE_ENVIRONMENT=/d", "Unknown command: 'reset_site'"),
    ],
)
def test_a_setting_that_somebody_changed_by_hand_opens_nothing(site, edit, says):
    environment = str(site.layout.environment)
    site.run("cp", environment, f"{environment}.kept")
    site.run("sed", "--in-place", edit, environment)
    try:
        with pytest.raises(ServerError, match=says):
            site.manage("reset_site", "--site", "127.0.0.1")
    finally:
        site.run("mv", f"{environment}.kept", environment)


def test_a_stamped_database_stops_production_from_starting(site):
    unit = f"{site.layout.unit}.service"
    site.sql("CREATE TABLE acceptance_stamp (site TEXT)")
    site.sql(STAMPED)
    try:
        assert ssh(site.box, "sudo", "systemctl", "restart", unit).returncode == 1
    finally:
        site.sql("DROP TABLE acceptance_stamp")
        ssh(site.box, "sudo", "systemctl", "reset-failed", unit)
        assert ssh(site.box, "sudo", "systemctl", "restart", unit).returncode == 0


def test_without_a_release_before_there_is_no_way_back(site):
    with pytest.raises(DeployError, match="There is no release of production before"):
        roll_back(site.site, sites=site.sites)
