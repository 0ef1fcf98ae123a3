"""A box that all tests of a module share; what a killed run left of one, the next removes."""

import subprocess
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from paramiko import Channel

from acceptance.remote_command import Command
from acceptance.sites import Site, read_sites
from acceptance.ssh import RemoteProcess, Server, ServerError
from acceptance.targets.health_client import page
from acceptance.targets.run_resources import RunResources
from deploy import box as boxes
from deploy.box import Box
from deploy.database_move import move_to_postgres
from deploy.provision import provision
from deploy.smoke import SmokeError
from scripts.test_all import GROUPS
from tests.box.deployed_image import deployed_image
from tests.box.deployed_site import Checkout, DeployedSite
from tests.box.shared_postgresql import PostgreSQL, postgresql
from tests.targets.engine import engine
from tests.targets.engine_fixtures import owned

__all__ = ["owned"]

Ran = subprocess.CompletedProcess[str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--group", choices=tuple(GROUPS), help="only a part of the tests: every one is of one group")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out other groups than the one that is asked for."""
    asked = config.getoption("--group")
    left_out = [item for item in items if asked and asked != group_of(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def group_of(item: pytest.Item) -> str:
    """Return the group of a test: by the folder it lies in, else by the site it asks for."""
    assert isinstance(item, pytest.Function)
    chosen = item.callspec.params.values() if hasattr(item, "callspec") else ()
    told = (item.path.parent.name, *(site for site in chosen if isinstance(site, str)), *item.fixturenames)
    return next((name for name in told if name in GROUPS), "others")


@pytest.fixture(scope="session", autouse=True)
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Runs on these servers are no news for the page of whoever tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUPERLISTS_REPORTS", str(tmp_path_factory.mktemp("reports")))
        yield


@pytest.fixture(autouse=True)
def _quick_smoke(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a deploy of this process look at the start page alone, unless the test is about the smoke run."""
    if not request.node.get_closest_marker("smoke_run"):
        monkeypatch.setattr("deploy.smoke.smoke_run", look_at_start)


@contextmanager
def look_at_start(site: Site, *_: object, **__: object) -> Iterator[Callable[[], None]]:
    """Stand in for the smoke run."""

    def look() -> None:
        try:
            page(f"{site.base_url}/", site.authority)
        except OSError as error:
            raise SmokeError(f"The start page: {error}") from error

    yield look


@pytest.fixture(scope="session")
def labels(owned: RunResources) -> dict[str, str]:
    """What a test's box has to bear."""
    return owned.labels


@pytest.fixture(scope="module")
def database(labels: dict[str, str]) -> Iterator[PostgreSQL]:
    """A PostgreSQL that every server here reaches."""
    yield from postgresql(labels)


@pytest.fixture(scope="session")
def box(tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str]) -> Iterator[Box]:
    """A box that is up."""
    there = boxes.start(tmp_path_factory.mktemp("box"), labels=labels)
    yield there
    boxes.remove(there.folder)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the project to deploy from."""
    return Checkout(tmp_path_factory.mktemp("checkout") / "superlists")


def serving(folder: Path, checkout: Checkout, name: str = "staging", **changes: Any) -> Generator[DeployedSite]:
    """A box with the site on it, which is deployed there unless the box's image has it already."""
    there = boxes.start(folder, name=name, **changes)
    try:
        sites = there.folder / "sites.toml"
        deployed = DeployedSite(there, read_sites(sites)[name], sites, checkout)
        provision(deployed.site)
        if "image" in changes:
            # Its settings tell the new port.
            deployed.run("sudo", "--non-interactive", "systemctl", "restart", f"{deployed.layout.unit}.service")
        else:
            deployed.deploy()
        yield deployed
    finally:
        boxes.remove(there.folder)


@pytest.fixture(scope="session")
def staging(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A staging site that serves the checkout's first commit."""
    image = deployed_image(checkout.base, labels)
    yield from serving(tmp_path_factory.mktemp("staging"), checkout, labels=labels, image=image)


@pytest.fixture(scope="session")
def production(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A production site, its data in PostgreSQL, that serves the checkout's first commit."""
    folder = tmp_path_factory.mktemp("production")
    served = serving(folder, checkout, "production", environment="production", database="postgres", labels=labels)
    with pytest.MonkeyPatch.context() as patch:
        # Production does not begin with one.
        patch.setenv("EMAIL_FILE_PATH", "/home/deployer/sites/127.0.0.1/mail")
        patch.setattr("deploy.smoke.smoke_run", look_at_start)
        deployed = next(served)
    yield deployed
    served.close()


@pytest.fixture(scope="session")
def contained(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, str], checkout: Checkout
) -> Iterator[DeployedSite]:
    """A staging site that serves the checkout's first commit from a container, and whose data moved to PostgreSQL."""
    for deployed in serving(tmp_path_factory.mktemp("contained"), checkout, runtime="docker", labels=labels):
        deployed.manage("create_list", "Entered in SQLite")
        deployed.sites.write_text(deployed.sites.read_text().replace('database = "sqlite"', 'database = "postgres"'))
        deployed.site = read_sites(deployed.sites)[deployed.site.name]
        provision(deployed.site)
        fail_to_move(deployed)
        provision(deployed.site)
        move_to_postgres(deployed.site, deployed.moved.append)
        deployed.moved += deployed.sql("SELECT text FROM lists_item")
        yield deployed


def fail_to_move(deployed: DeployedSite) -> None:
    """Move a file with a row that Django knows nothing of: it does not arrive, and the site goes on with its file."""
    file = str(deployed.layout.database)
    deployed.sql("CREATE TABLE extra AS SELECT 1 AS row", file)
    with pytest.raises(ServerError, match="Rows in the file and in PostgreSQL differ: extra 1 and 0") as failed:
        move_to_postgres(deployed.site, lambda _: None)
    deployed.sql("DROP TABLE extra", file)
    deployed.manage("create_list", "Entered after a try")
    drop = f"dropdb {deployed.layout.account}"
    assert f"run `{drop}` as {deployed.site.ssh.user} on the server" in str(failed.value)
    deployed.run(*drop.split())


@pytest.fixture(scope="session", params=["staging", "contained"])
def either(request: pytest.FixtureRequest) -> DeployedSite:
    """A staging site, in each of the ways in which it can run."""
    there: DeployedSite = request.getfixturevalue(request.param)
    return there


@pytest.fixture
def another(tmp_path: Path, labels: dict[str, str]) -> Iterator[Callable[..., Box]]:
    """Starts a box for this test alone."""
    made = []

    def start(name: str = "box", **changes: Any) -> Box:
        made.append(boxes.start(tmp_path / name, name=name, labels=labels, **changes))
        return made[-1]

    yield start
    for there in made:
        boxes.remove(there.folder)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command line that the server sees, and everything that comes back."""
    seen: list[str] = []
    opened = Server.open

    def opening(server: Server, command: Command) -> RemoteProcess:
        seen.append(command.line())
        return opened(server, command)

    def noting(receive: Callable[[Channel, int], bytes]) -> Callable[[Channel, int], bytes]:
        def noted(channel: Channel, size: int) -> bytes:
            received = receive(channel, size)
            seen.append(received.decode(errors="replace"))
            return received

        return noted

    monkeypatch.setattr(Server, "open", opening)
    for name in ("recv", "recv_stderr"):
        monkeypatch.setattr(Channel, name, noting(getattr(Channel, name)))
    return seen


def reboot(there: Box) -> None:
    """Restart the server; return once sshd answers again."""
    with engine() as client:
        client.containers.get(there.container_id).restart(timeout=20)
    boxes.start(there.folder)


def ssh(there: Box, *command: str) -> Ran:
    """Run a command in a box, as its user."""
    asked = there.ssh(*command)
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)


def said(there: Box, *command: str) -> str:
    """Return what a command in a box prints; it has to succeed."""
    done = ssh(there, *command)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
