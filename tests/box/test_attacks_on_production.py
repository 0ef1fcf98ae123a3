"""The promise about data, under attack: a production site full of rows, and the mistakes that people make.

Each test makes one mistake; after each, every row is still there.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.remote_command import Command
from acceptance.sites import Site, read_sites
from acceptance.ssh import Server, ServerError
from acceptance.targets.base import TargetError
from acceptance.targets.fixture_channel import Channel, serve_fixtures
from deploy import box as boxes
from deploy import site_data as data
from deploy.box import Box
from deploy.deployment import DeployError, deploy
from deploy.provision import provision
from deploy.site_layout import SiteLayout
from deploy.source import committed

FILL = "from superlists.lists.models import List; List.objects.bulk_create(List() for _ in range(100))"
COUNT = "from superlists.lists.models import List; print(List.objects.count())"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str]) -> Iterator[Box]:
    """A production site with a hundred lists."""
    there = boxes.start(tmp_path_factory.mktemp("live"), name="live", environment="production", labels=labels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMAIL_FILE_PATH", "/tmp")
        try:
            sites = there.folder / "sites.toml"
            site = read_sites(sites)["live"]
            provision(site)
            deploy(site, committed(dirty=True), sites=sites)
            on(site, "shell", "--command", FILL)
            yield there
            # After all that it serves as it did.
            assert smoke(sites).returncode == 0
        finally:
            boxes.stop(there)


@pytest.fixture
def site(production: Box) -> Iterator[Site]:
    """The site; it has all its rows afterwards."""
    read = read_sites(production.folder / "sites.toml")["live"]
    yield read
    assert on(read, "shell", "--command", COUNT).split()[-1] == "100"


def on(site: Site, command: str, *arguments: str) -> str:
    with Server(site) as server:
        return server.run(SiteLayout(site).manage(command, *arguments))


def smoke(sites: Path) -> "subprocess.CompletedProcess[str]":
    return behave(sites, "--tags=@smoke")


def behave(sites: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "behave", "--no-color", "-D", "target=live", "-D", f"sites={sites}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL)


@pytest.fixture
def renamed(production: Box, tmp_path: Path) -> Path:
    """A sites file in which somebody calls production staging."""
    path = tmp_path / "sites.toml"
    text = (production.folder / "sites.toml").read_text()
    path.write_text(text.replace('environment = "production"', 'environment = "staging"'))
    return path


def test_production_called_staging_is_not_run_on(site, renamed):
    ran = behave(renamed)
    assert ran.returncode == 4
    assert "says that live is 127.0.0.1, staging; but the site" in ran.stderr
    assert "Nothing was done." in ran.stderr


def test_production_called_staging_is_not_provisioned_or_deployed(site, renamed):
    wrong = read_sites(renamed)["live"]
    with pytest.raises(ServerError, match="production"):
        provision(wrong)
    with pytest.raises(DeployError, match=r"(?s)production.*serves on"):
        deploy(wrong, committed(dirty=True), sites=renamed)


def test_every_scenario_but_smoke_is_refused(site, production):
    ran = behave(production.folder / "sites.toml")
    assert ran.returncode == 4
    assert "live is a production site: only @smoke scenarios run on it" in ran.stderr


def test_a_production_server_opens_no_channel(site):
    with Server(site) as server, pytest.raises(TargetError, match="Unknown command: 'serve_fixtures'"):
        Channel(server.open(SiteLayout(site).manage(*serve_fixtures())))


@pytest.mark.parametrize("command", [["reset_site", "--site", "127.0.0.1"], ["stamp_site"], ["migrate_disposable"]])
def test_there_are_no_fixture_commands_by_hand_either(site, command):
    with pytest.raises(ServerError, match=f"Unknown command: '{command[0]}'"):
        on(site, *command)


def test_flush_is_refused(site):
    with pytest.raises(ServerError, match="Refused: the database of a production site is not emptied"):
        on(site, "flush", "--no-input")


@pytest.mark.parametrize("typed", ["", "yes", "live", "127.0.0.2"])
def test_a_restore_asks_for_the_host(site, typed):
    data.back_up(site)
    with Server(site) as server:
        name = server.run(Command(("ls", str(SiteLayout(site).backups)), step="Listing")).split()[-1]
    with pytest.raises(data.RestoreRefusedError, match=r"is not '127\.0\.0\.1'\. Nothing was changed"):
        data.restore(site, name, ask=lambda _: typed)


def test_production_called_staging_is_not_restored_unasked(site, renamed):
    told: list[str] = []
    data.back_up(site, told.append)
    with pytest.raises(ServerError, match="provisioned as 'production', not 'staging'"):
        data.restore(read_sites(renamed)["live"], told[0].rpartition("/")[2], say=told.append)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("SUPERLISTS_TESTING='1'", ""),
        ("DJANGO_DEBUG_FALSE='0'", "a production site does not start with debug on"),
    ],
)
def test_a_setting_that_somebody_changed_by_hand_opens_nothing(site, line, says):
    layout = SiteLayout(site)
    name = line.partition("=")[0]
    edit = ("sed", "--in-place", f"s/^{name}=.*/{line}/", str(layout.environment))
    with Server(site) as server:
        kept = server.run(Command(("cat", str(layout.environment)), step="Reading"))
        server.run(Command(edit, step="Meddling"))
        try:
            with pytest.raises(ServerError, match=says or "Unknown command: 'reset_site'"):
                server.run(layout.manage("reset_site", "--site", "127.0.0.1"))
        finally:
            server.run(Command(("tee", str(layout.environment)), step="Mending", stdin=kept + "\n"))


def test_an_environment_that_is_missing_is_production(site):
    layout = SiteLayout(site)
    with Server(site) as server:
        kept = server.run(Command(("cat", str(layout.environment)), step="Reading"))
        server.run(Command(("sed", "--in-place", "/^SITE_ENVIRONMENT=/d", str(layout.environment)), step="Meddling"))
        try:
            with pytest.raises(ServerError, match="Unknown command: 'reset_site'"):
                server.run(layout.manage("reset_site", "--site", "127.0.0.1"))
        finally:
            server.run(Command(("tee", str(layout.environment)), step="Mending", stdin=kept + "\n"))


def test_a_stamped_database_stops_production_from_starting(site):
    layout = SiteLayout(site)
    stamp = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])"
    made = "CREATE TABLE acceptance_stamp (site TEXT); INSERT INTO acceptance_stamp VALUES ('127.0.0.1');"
    with Server(site) as server:
        server.run(Command(("python3", "-c", stamp, str(layout.database), made), step="Stamping"))
        try:
            with pytest.raises(ServerError, match=r"stamped as disposable for 127\.0\.0\.1"):
                server.run(layout.manage("shell", "--command", "import superlists.wsgi"))
        finally:
            gone = "DROP TABLE acceptance_stamp;"
            server.run(Command(("python3", "-c", stamp, str(layout.database), gone), step="Mending"))
