"""Mail that the site writes to files, by way of the channel."""

import json
import time

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.mail_files import ServerMailbox
from acceptance.targets.base import FixtureError
from tests.acceptance.mailboxes.mails import BODY, EDITH, LINK, SITE, SUBJECT, config, mail


class Site:
    """A site whose clock goes wrong by an hour, and its mail."""

    def __init__(self) -> None:
        self.mails: list[tuple[float, bytes]] = []

    @property
    def now(self) -> float:
        return time.time() - 3600

    def put(self, source: bytes, at: float) -> None:
        self.mails.append((at, source))

    def manage(self, *command: str) -> str:
        after = float(command[1].removeprefix("--after="))
        found = [{"source": mail.decode("latin-1"), "arrived": at} for at, mail in self.mails if at >= after]
        return json.dumps({"now": self.now, "mail": found})


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def mailbox(site):
    return ServerMailbox(config(), site.manage)


def wait(mailbox, after):
    return mailbox.wait_for(EDITH, SUBJECT, after, site=SITE)


def test_her_mail_is_found_though_the_clocks_differ(site, mailbox):
    for _ in range(500):
        site.put(mail(BODY.replace("s3cret", "old")), at=site.now - 0.02)
    after = mailbox.now()
    site.put(mail(), at=site.now)
    seen = wait(mailbox, after)
    assert (seen.to, seen.links) == (EDITH, (LINK,))


def test_a_file_may_bear_the_time_of_the_last_tick(site, mailbox):
    after = mailbox.now()
    site.put(mail(), at=after - 0.009)
    assert wait(mailbox, after).links == (LINK,)


def test_a_site_that_writes_no_files_is_not_waited_for():
    def manage(*_: str) -> str:
        raise FixtureError("read_mail: Mail is not written to files here; set EMAIL_FILE_PATH for that")

    mailbox = ServerMailbox(config(), manage)
    for look in (mailbox.now, lambda: wait(mailbox, 0)):
        with pytest.raises(MailboxError, match=r"mailbox=server reads mail that .*set EMAIL_FILE_PATH"):
            look()
