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

    def manage(self, *command: str) -> str:
        after = float(command[1].removeprefix("--after="))
        found = [{"source": mail.decode("latin-1"), "arrived": at} for at, mail in self.mails if at >= after]
        return json.dumps({"now": time.time() - 3600, "mail": found})


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def mailbox(site):
    return ServerMailbox(config(), site.manage)


def wait(mailbox, after):
    return mailbox.wait_for(EDITH, SUBJECT, after, site=SITE)


def test_her_mail_is_found_though_the_clocks_differ_and_a_file_bears_the_time_of_the_last_tick(site, mailbox):
    after = mailbox.now()
    site.mails = [(after - 0.02, mail(BODY.replace("s3cret", "old")))] * 500
    site.mails.append((after - 0.009, mail()))
    seen = wait(mailbox, after)
    assert (seen.to, seen.links) == (EDITH, (LINK,))


def test_a_site_that_writes_no_files_is_not_waited_for():
    def manage(*_: str) -> str:
        raise FixtureError("read_mail: Mail is not written to files here; set EMAIL_FILE_PATH for that")

    mailbox = ServerMailbox(config(), manage)
    for look in (mailbox.now, lambda: wait(mailbox, 0)):
        with pytest.raises(MailboxError, match=r"mailbox=server reads mail that .*set EMAIL_FILE_PATH"):
            look()
