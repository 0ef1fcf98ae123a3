"""Mail servers that all tests share; what a killed run left of one, the next removes."""

from collections.abc import Iterator

import pytest
from docker import DockerClient

from acceptance.targets.run_resources import RunResources
from tests.mail.maildev import Catcher, mail_catcher
from tests.mail.postfix import MailServer, mail_server
from tests.runs.conftest import scratch
from tests.targets.engine_fixtures import client, owned

__all__ = ["client", "owned", "scratch"]


@pytest.fixture(scope="session")
def mail(client: DockerClient, owned: RunResources, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """A mail server that is up, and does what is asked of it."""
    with mail_server(client, owned, tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="session")
def catcher(client: DockerClient, owned: RunResources) -> Iterator[Catcher]:
    """A mail catcher that is up."""
    with mail_catcher(client, owned) as caught:
        yield caught


@pytest.fixture
def empty_mail(mail: MailServer) -> MailServer:
    """The same server, with nothing in its mailbox."""
    mail.empty()
    return mail
