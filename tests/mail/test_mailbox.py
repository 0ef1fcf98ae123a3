"""A real mailbox as scenarios read it: the right mail out of much, and a clear word where there is none."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from acceptance.mailboxes.pop3_session import Account

from acceptance import certificates as box_certificate
from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.pop3 import Pop3Mailbox
from acceptance.waiting import NotSeenError
from tests.mail.old_mail import SUBJECT, old_logins
from tests.mail.postfix import LOOPBACK, POP3S, MailServer
from tests.mail.visits import HERS, SITE, lying_in, mail_link
from tests.mail.wire import Wire, wire

POLL_S = 0.1
UNTRUSTED = r"The certificate of the POP3 server .* is not trusted: "


def mailbox(mail: MailServer, wait_s: float = 10, **changes) -> Pop3Mailbox:
    account = Account(mail.address, POP3S, mail.reader, mail.reader_password, mail.authority)
    return Pop3Mailbox(replace(account, **changes), wait_s=wait_s, poll_s=POLL_S)


def by(cable: Wire, mail: MailServer, wait_s: float = 10) -> Pop3Mailbox:
    return mailbox(mail, wait_s, host=cable.address, port=cable.port)


def awaited(box: Pop3Mailbox, since: float, to: str = HERS) -> str:
    """Return the token in the mail that comes."""
    found = box.wait_for(to, SUBJECT, since, site=SITE)
    return found.body.strip().rpartition("/accounts/login/")[2].rstrip("/")


def complaint(box: Pop3Mailbox, since: float, within_s: float = 5) -> str:
    """Return what is said when no mail comes; not much later than it was to come."""
    began = time.monotonic()
    with pytest.raises(NotSeenError) as failure:
        awaited(box, since)
    assert time.monotonic() - began < within_s
    return str(failure.value)


@pytest.fixture
def cable(mail: MailServer) -> Iterator[Wire]:
    """A way to the mailbox that can be disturbed."""
    with wire(LOOPBACK, (mail.address, POP3S)) as whole:
        yield whole


def test_of_501_logins_of_the_same_person_the_new_one_is_read_and_it_alone_deleted(empty_mail: MailServer):
    empty_mail.deliver(old_logins(500, HERS))
    box = mailbox(empty_mail)
    since = box.mark()
    mail_link(empty_mail, "new")
    assert awaited(box, since) == "new"
    left = lying_in(empty_mail)
    assert (len(left), any("/accounts/login/new/" in message for message in left)) == (500, False)


def test_none_of_500_old_ones_is_taken_for_the_new_one(empty_mail: MailServer):
    empty_mail.deliver(old_logins(500, HERS))
    box = mailbox(empty_mail, wait_s=1)
    said = complaint(box, box.mark())
    assert said.startswith(f"Waited 1 s for a mail to {HERS} with the subject '{SUBJECT}' and a link to {SITE}, since ")
    assert "500 older" in said
    assert len(lying_in(empty_mail)) == 500


def test_what_came_instead_is_told_without_its_links(empty_mail: MailServer):
    box = mailbox(empty_mail, wait_s=1)
    since = box.mark()
    mail_link(empty_mail, "of-another", "francis+run.1@example.com")
    said = complaint(box, since)
    assert f"from noreply@example.com to francis+run.1@example.com: '{SUBJECT}' (it is for somebody else)" in said
    assert "of-another" not in said
    assert len(lying_in(empty_mail)) == 1


def test_a_mail_that_comes_late_is_read_at_the_next_look(empty_mail: MailServer):
    box = mailbox(empty_mail)
    since = box.mark()
    sent: list[float] = []

    def later() -> None:
        mail_link(empty_mail, "late")
        sent.append(time.monotonic())

    timer = threading.Timer(1, later)
    timer.start()
    assert awaited(box, since) == "late"
    read = time.monotonic()
    timer.join()
    # A poll and a look, which takes about 50 ms where nothing else goes on; the machine may be busy.
    assert read - sent[0] < POLL_S + 3


def test_two_scenarios_at_once_each_read_their_own(empty_mail: MailServer):
    addresses = [f"edith+run.{number}@example.com" for number in (1, 2)]
    found = {}

    def scenario(to: str) -> None:
        box = mailbox(empty_mail)
        since = box.mark()
        mail_link(empty_mail, f"for-{to}", to)
        found[to] = awaited(box, since, to)

    both = [threading.Thread(target=scenario, args=(to,)) for to in addresses]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert found == {to: f"for-{to}" for to in addresses}
    assert lying_in(empty_mail) == []


def test_a_wrong_password_is_told_at_once(mail: MailServer):
    box = mailbox(mail, wait_s=60, password="out of date")
    with pytest.raises(MailboxError) as failure:
        awaited(box, time.time())
    assert "refuses the login of everyone@example.com: -ERR [AUTH] Authentication failed" in str(failure.value)
    assert "out of date" not in str(failure.value)


@pytest.mark.parametrize("other", [False, True])
def test_a_certificate_that_nobody_vouches_for_is_told_at_once(mail: MailServer, tmp_path: Path, other: bool):
    box_certificate.write(tmp_path, mail.address)
    with pytest.raises(MailboxError, match=UNTRUSTED + r".*-D mailbox\.ca=FILE"):
        mailbox(mail, authority=tmp_path / box_certificate.AUTHORITY if other else None).mark()


def test_a_certificate_for_another_address_is_told_at_once(mail: MailServer):
    with wire("127.0.0.2", (mail.address, POP3S)) as elsewhere:
        box = by(elsewhere, mail)
        with pytest.raises(MailboxError, match=UNTRUSTED + "IP address mismatch"):
            box.mark()


def test_a_server_that_is_down_is_told(mail: MailServer, cable: Wire):
    cable.take_down()
    box = by(cable, mail, wait_s=1)
    with pytest.raises(MailboxError, match=f"the POP3 server 127.0.0.1, port {cable.port}, .*Connection refused"):
        box.mark()
    assert "Connection refused" in complaint(box, time.time())


def test_a_server_that_is_back_in_time_is_forgiven(empty_mail: MailServer, cable: Wire):
    box = by(cable, empty_mail)
    since = box.mark()
    cable.take_down()
    mail_link(empty_mail, "new")
    timer = threading.Timer(1, cable.mend)
    timer.start()
    assert awaited(box, since) == "new"
    timer.join()


# In the list of what is there, and in the mail itself.
@pytest.mark.parametrize("share", [0.05, 0.5, 0.98])
def test_a_connection_that_is_cut_in_the_middle_is_made_again(empty_mail: MailServer, cable: Wire, share: float):
    empty_mail.deliver(old_logins(500, HERS))
    box = by(cable, empty_mail)
    since = box.mark()
    cable.break_after(int(cable.passed * share), times=2)
    mail_link(empty_mail, "new")
    assert awaited(box, since) == "new"
    assert len(lying_in(empty_mail)) == 500


def test_a_connection_that_is_cut_each_time_is_told_and_nothing_is_deleted(empty_mail: MailServer, cable: Wire):
    box = by(cable, empty_mail, wait_s=1)
    since = box.mark()
    cable.break_after(cable.passed - 100)
    mail_link(empty_mail, "new")
    cut = f"the POP3 server 127.0.0.1, port {cable.port}, cannot be read: it ended the connection too early"
    assert f"Last seen: {cut}" in complaint(box, since)
    assert len(lying_in(empty_mail)) == 1


@pytest.mark.parametrize("share", [0.05, 0.9])
def test_an_answer_slower_than_the_limit_is_told(empty_mail: MailServer, cable: Wire, share: float):
    box = by(cable, empty_mail, wait_s=1)
    since = box.mark()
    cable.break_after(int(cable.passed * share), silent=True)
    mail_link(empty_mail, "new")
    assert f"the POP3 server 127.0.0.1, port {cable.port}, does not answer in time" in complaint(box, since)
