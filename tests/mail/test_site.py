"""A site that sends by a real mail server, and what people see when something is wrong with that."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from docker.models.containers import Container

from acceptance import certificates
from acceptance.targets.tar import packed
from acceptance.waiting import eventually
from tests.mail.postfix import SUBMISSION, MailServer
from tests.mail.runs import SORRY
from tests.mail.wire import Wire, wire
from tests.targets.engine import DISPOSABLE, by_hand
from tests.targets.visitor import Visitor

AUTHORITY = "mail-ca.pem"
CHECK_YOUR_MAIL = "Check your email"


class Site:
    """A site in a container, whose way to the mail server can be disturbed."""

    def __init__(self, container: Container, cable: Wire) -> None:
        self.container = container
        self.cable = cable
        self._asked = 0
        port = (container.ports["8888/tcp"] or [{}])[0]["HostPort"]
        self._visitor = Visitor(f"http://localhost:{port}")

    def asked_for_a_link(self) -> str:
        """Return the page that somebody sees who asks for her first link."""
        self._asked += 1
        try:
            return self._visitor.send("/accounts/send_login_email", email=f"edith+{self._asked}@example.com")
        except HTTPError as answer:
            with answer:
                return f"{answer.code} {answer.read().decode()}"

    def trust(self, folder: Path) -> None:
        """Have the site trust the authority in a folder, and no other."""
        self.container.put_archive("/", packed(AUTHORITY, (folder / certificates.AUTHORITY).read_text()))

    def log(self) -> str:
        return self.container.logs().decode()


@pytest.fixture(scope="module")
def connected(mail: MailServer) -> Iterator[Site]:
    """A site that knows the password, and which authority to trust."""
    with wire(mail.gateway, (mail.address, SUBMISSION)) as cable:
        told = {
            "EMAIL_HOST": mail.gateway,
            "EMAIL_PORT": str(cable.port),
            "EMAIL_HOST_USER": mail.sender,
            "EMAIL_PASSWORD": mail.sender_password,
            "EMAIL_FILE_PATH": "",
            "SSL_CERT_FILE": f"/{AUTHORITY}",
        }
        with by_hand(DISPOSABLE | told) as container:
            there = Site(container, cable)
            there.trust(mail.folder)
            yield there


@pytest.fixture
def site(connected: Site, mail: MailServer) -> Iterator[Site]:
    """The same site, of which every fault is mended afterwards, and shown to be."""
    yield connected
    connected.cable.mend()
    connected.trust(mail.folder)
    assert CHECK_YOUR_MAIL in connected.asked_for_a_link()


def with_another_authority(site: Site, mail: MailServer, folder: Path) -> None:
    certificates.write(folder, mail.gateway)
    site.trust(folder)


def fallen_silent(site: Site, _: MailServer, __: Path) -> None:
    site.cable.break_after(int(site.cable.passed * 0.9), silent=True)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (with_another_authority, "ssl.SSLCertVerificationError: "),
        (fallen_silent, "TimeoutError: The read operation timed out"),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_who_asks_for_a_link_is_told_that_mail_does_not_work_and_the_log_says_why(
    site: Site, mail: MailServer, tmp_path: Path, fault: Callable[[Site, MailServer, Path], None], reason: str
):
    assert CHECK_YOUR_MAIL in site.asked_for_a_link()
    before = len(site.log())
    fault(site, mail, tmp_path)
    page = site.asked_for_a_link()
    assert page.startswith("503 ")
    assert SORRY in page
    said = eventually(
        lambda: site.log()[before:], lambda log: "Service Unavailable" in log, what="the reason in the log"
    )
    assert "ERROR superlists.accounts.views: Could not mail a login link to edith" in said
    assert "Traceback (most recent call last):" in said
    assert reason in said
    assert mail.sender_password not in page + said
    assert "/accounts/login/" not in page + said
