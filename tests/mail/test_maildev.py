"""A real mail catcher as scenarios read it."""

from collections.abc import Iterator
from smtplib import SMTP
from types import SimpleNamespace
from typing import Any

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.maildev import CatcherMailbox
from acceptance.waiting import NotSeenError
from tests.faulty_relay import Wire, wire
from tests.mail.maildev import API_PORT, Catcher, send_link
from tests.mail.postfix import HERS, HIS, LOOPBACK, SITE, SUBJECT


@pytest.fixture
def sending(catcher: Catcher) -> Iterator[SMTP]:
    """A connection of the site's, to a catcher that has caught nothing yet."""
    catcher.empty()
    with catcher.sending() as connection:
        yield connection


@pytest.fixture
def cable(catcher: Catcher) -> Iterator[Wire]:
    """A way to its API that can be disturbed."""
    with wire(LOOPBACK, (catcher.address, API_PORT)) as whole:
        yield whole


def mailbox(url: str, wait: float = 5) -> CatcherMailbox:
    login: dict[str, Any] = {"mailbox_user": "", "mailbox_password": "", "mailbox_ca": None, "mail_server": {}}
    config: Any = SimpleNamespace(mailbox_url=url, mailbox_wait=wait, **login)
    return CatcherMailbox(config, str)


def token(box: CatcherMailbox, since: float) -> str:
    """Return the token in the mail that comes."""
    found = box.wait_for(HERS, SUBJECT, since, site=SITE)
    return found.body.strip().rpartition("/accounts/login/")[2].rstrip("/")


def test_the_new_mail_alone_is_read_out_of_many_and_all_are_left(catcher: Catcher, sending: SMTP):
    for number in range(500):
        send_link(sending, f"old-{number}")
    box = mailbox(catcher.url)
    since = box.now()
    send_link(sending, "of-another", HIS)
    send_link(sending, "new")
    assert token(box, since) == "new"
    assert catcher.count() == 502


def test_what_came_instead_is_told_without_its_links(catcher: Catcher, sending: SMTP):
    send_link(sending, "too-early")
    box = mailbox(catcher.url, wait=1)
    since = box.now()
    send_link(sending, "of-another", HIS)
    with pytest.raises(NotSeenError) as failure:
        token(box, since)
    assert f"from noreply@example.com to {HIS}: '{SUBJECT}' (it is for somebody else)" in str(failure.value)
    assert "1 older, which were not looked into" in str(failure.value)
    assert "accounts/login" not in str(failure.value)


def test_who_received_a_mail_is_what_its_envelope_says(catcher: Catcher, sending: SMTP):
    box = mailbox(catcher.url, wait=1)
    since = box.now()
    sending.sendmail("noreply@example.com", [HIS], f"To: {HERS}\nSubject: {SUBJECT}\n\n{SITE}/")
    with pytest.raises(NotSeenError, match=r"to francis.* \(it is for somebody else\)"):
        token(box, since)


def test_one_that_is_down_or_is_none_is_told(catcher: Catcher, cable: Wire):
    with pytest.raises(MailboxError, match="answers 404 Not Found at /email"):
        mailbox(f"{catcher.url}/elsewhere", wait=0.5).now()
    cable.cut()
    url = f"http://{LOOPBACK}:{cable.port}"
    with pytest.raises(MailboxError, match=f"the mail catcher at {url} cannot be read: .*Connection refused"):
        mailbox(url, wait=0.5).now()


@pytest.mark.parametrize(
    ("silent", "reason"),
    [(False, "cannot be read: .*IncompleteRead"), (True, "cannot be read: .*Read timed out")],
)
def test_one_whose_answers_end_in_the_middle_or_come_too_late_is_told(
    cable: Wire, sending: SMTP, silent: bool, reason: str
):
    url = f"http://{LOOPBACK}:{cable.port}"
    box = mailbox(url, wait=1)
    send_link(sending, "old")
    since = box.now()
    send_link(sending, "new")
    cable.break_after(cable.passed // 2, silent=silent)
    with pytest.raises(NotSeenError, match=f"Last seen: the mail catcher at {url} {reason}"):
        token(box, since)
    cable.mend()
    assert token(box, since) == "new"
