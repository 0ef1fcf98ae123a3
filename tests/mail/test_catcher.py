"""A real mail catcher as scenarios read it."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from smtplib import SMTP
from unittest.mock import Mock

import pytest
from acceptance.mailboxes.catcher_api import Catcher as Api

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.catcher import CatcherMailbox
from acceptance.waiting import NotSeenError
from tests.mail import maildev
from tests.mail.maildev import Catcher
from tests.mail.old_mail import SUBJECT, TEXT
from tests.mail.postfix import LOOPBACK
from tests.mail.visits import PATIENCE_S, send
from tests.mail.wire import Wire, wire

HERS, HIS = "edith+run.1@example.com", "francis+run.1@example.com"
SITE = "http://127.0.0.1:8888"


@pytest.fixture
def sending(catcher: Catcher) -> Iterator[SMTP]:
    """A connection of the site's, to a catcher that has caught nothing yet."""
    catcher.empty()
    with closing(SMTP(catcher.address, maildev.SMTP, timeout=PATIENCE_S)) as connection:
        connection.login(catcher.sender, catcher.password)
        yield connection


@pytest.fixture
def cable(catcher: Catcher) -> Iterator[Wire]:
    """A way to its API that can be disturbed."""
    with wire(LOOPBACK, (catcher.address, maildev.API)) as whole:
        yield whole


def mailbox(url: str, wait_s: float = 5) -> CatcherMailbox:
    return CatcherMailbox(Api(url, within_s=wait_s), wait_s=wait_s)


def mail_link(sending: SMTP, token: str, to: str = HERS) -> None:
    send(sending, to, SUBJECT, TEXT.format(site=SITE, token=token))


def awaited(box: CatcherMailbox, since: float) -> str:
    """Return the token in the mail that comes."""
    found = box.wait_for(HERS, SUBJECT, since, site=SITE)
    return found.body.strip().rpartition("/accounts/login/")[2].rstrip("/")


def test_the_new_mail_alone_is_read_out_of_many_and_all_are_left(
    catcher: Catcher, sending: SMTP, monkeypatch: pytest.MonkeyPatch
):
    for number in range(500):
        mail_link(sending, f"old-{number}")
    box = mailbox(catcher.url)
    since = box.mark()
    mail_link(sending, "of-another", HIS)
    mail_link(sending, "new")
    source = Mock(side_effect=Api(catcher.url).source)
    monkeypatch.setattr(Api, "source", source)
    assert awaited(box, since) == "new"
    assert source.call_count == 1
    assert len(json.loads(catcher.ask("/email"))) == 502


def test_what_came_instead_is_told_without_its_links(catcher: Catcher, sending: SMTP):
    mail_link(sending, "too-early")
    box = mailbox(catcher.url, wait_s=1)
    since = box.mark()
    mail_link(sending, "of-another", HIS)
    with pytest.raises(NotSeenError) as failure:
        awaited(box, since)
    assert f"from noreply@example.com to {HIS}: '{SUBJECT}' (it is for somebody else)" in str(failure.value)
    assert f"to {HERS}: '{SUBJECT}' (it came before that)" in str(failure.value)
    assert "too-early" not in str(failure.value)


def test_one_that_is_down_is_told(cable: Wire):
    cable.take_down()
    url = f"http://{LOOPBACK}:{cable.port}"
    box = mailbox(url, wait_s=1)
    with pytest.raises(MailboxError, match=f"the mail catcher at {url} cannot be read: .*Connection refused"):
        box.mark()


@pytest.mark.parametrize(
    ("silent", "reason"),
    [(False, "answers in something else than whole HTTP: IncompleteRead"), (True, "does not answer in time")],
)
def test_one_whose_answers_end_in_the_middle_or_come_too_late_is_told(
    cable: Wire, sending: SMTP, silent: bool, reason: str
):
    url = f"http://{LOOPBACK}:{cable.port}"
    box = mailbox(url, wait_s=1)
    since = box.mark()
    mail_link(sending, "new")
    cable.break_after(cable.passed // 2, silent=silent)
    began = time.monotonic()
    with pytest.raises(NotSeenError) as failure:
        awaited(box, since)
    assert time.monotonic() - began < 5
    assert f"Last seen: the mail catcher at {url} {reason}" in str(failure.value)
    cable.mend()
    assert awaited(box, since) == "new"
