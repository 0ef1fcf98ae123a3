"""Mail servers that all tests share; what a killed run left of one, the next removes."""

from collections.abc import Iterator

import pytest
from docker import DockerClient

from deploy.engine import connect
from features.targets.owned import Owned
from tests.mail.maildev import Catcher, mail_catcher
from tests.mail.postfix import MailServer, mail_server
from tests.runs.conftest import scratch
from tests.targets.engine import engine

__all__ = ["scratch"]


@pytest.fixture(scope="session")
def client() -> Iterator[DockerClient]:
    with engine() as opened:
        yield opened


@pytest.fixture(scope="session")
def owned() -> Iterator[Owned]:
    """What everything that tests start has to bear."""
    owned = Owned(connect())
    owned.remove_what_dead_runs_left()
    yield owned
    owned.remove()


@pytest.fixture(scope="session")
def mail(client: DockerClient, owned: Owned, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """A mail server that is up, and does what is asked of it."""
    with mail_server(client, owned, tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="session")
def catcher(client: DockerClient, owned: Owned) -> Iterator[Catcher]:
    """A mail catcher that is up."""
    with mail_catcher(client, owned) as caught:
        yield caught


@pytest.fixture
def empty_mail(mail: MailServer) -> MailServer:
    """The same server, with nothing in its mailbox."""
    mail.empty()
    return mail
