"""A real mailbox as scenarios read it: the right mail out of much, and a clear word where there is none."""

import poplib
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.pop3 import Pop3Mailbox
from acceptance.waiting import NotSeenError
from deploy import box_certificate
from tests.faulty_relay import Wire, wire
from tests.mail.postfix import HERS, HIS, LOOPBACK, POP3S, SITE, SUBJECT, MailServer, old_logins

UNTRUSTED = r"The certificate of the POP3 server .* is not trusted: "


def mailbox(mail: MailServer, **changes: Any) -> Pop3Mailbox:
    settings = {
        "wait": 10,
        "poll": 0.1,
        "host": mail.address,
        "port": POP3S,
        "user": mail.reader,
        "password": mail.reader_password,
        "ca": mail.authority,
    } | changes
    config: Any = SimpleNamespace(mail_server={}, **{f"mailbox_{name}": value for name, value in settings.items()})
    return Pop3Mailbox(config, str)


def by(cable: Wire, mail: MailServer, wait: float = 10) -> Pop3Mailbox:
    return mailbox(mail, wait=wait, host=cable.address, port=cable.port)


def token(box: Pop3Mailbox, since: float, to: str = HERS) -> str:
    """Return the token in the mail that comes."""
    found = box.wait_for(to, SUBJECT, since, site=SITE)
    return found.body.strip().rpartition("/accounts/login/")[2].rstrip("/")


def complaint(box: Pop3Mailbox, since: float) -> str:
    """Return what is said when no mail comes."""
    with pytest.raises(NotSeenError) as failure:
        token(box, since)
    return str(failure.value)


@pytest.fixture
def cable(mail: MailServer) -> Iterator[Wire]:
    """A way to the mailbox that can be disturbed."""
    with wire(LOOPBACK, (mail.address, POP3S)) as whole:
        yield whole


def test_of_501_logins_of_the_same_person_the_new_one_is_read_and_it_alone_deleted(empty_mail: MailServer):
    empty_mail.deliver(old_logins(500, HERS))
    box = mailbox(empty_mail)
    since = box.now()
    empty_mail.send_link("of-another", HIS)
    empty_mail.send_link("new")
    assert token(box, since) == "new"
    left = empty_mail.mails()
    assert (len(left), any("/accounts/login/new/" in message for message in left)) == (501, False)


def test_none_of_500_old_ones_is_taken_for_the_new_one_and_what_came_instead_is_told(empty_mail: MailServer):
    empty_mail.deliver(old_logins(500, HERS))
    box = mailbox(empty_mail, wait=1)
    since = box.now()
    empty_mail.send_link("of-another", HIS)
    said = complaint(box, since)
    assert said.startswith(f"Waited 1 s for a mail to {HERS} with the subject '{SUBJECT}' and a link to {SITE}, since ")
    assert f"from noreply@example.com to {HIS}: '{SUBJECT}' (it is for somebody else)" in said
    assert "500 older" in said
    assert "of-another" not in said
    assert len(empty_mail.mails()) == 501


def test_a_wrong_password_is_told_at_once(mail: MailServer):
    box = mailbox(mail, wait=60, password="out of date")
    for look in (box.now, lambda: token(box, 0)):
        with pytest.raises(MailboxError) as failure:
            look()
        assert "refuses the login of everyone@example.com: -ERR [AUTH] Authentication failed" in str(failure.value)
        assert "out of date" not in str(failure.value)


@pytest.mark.parametrize("code", ["[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]"])
def test_a_mailbox_that_is_in_use_is_looked_at_again(empty_mail: MailServer, monkeypatch, code: str):
    answers = iter([poplib.error_proto(f"-ERR {code} not now".encode())])
    log_in = poplib.POP3_SSL.pass_

    def pass_(server: poplib.POP3_SSL, password: str) -> bytes:
        for refusal in answers:
            raise refusal
        return log_in(server, password)

    monkeypatch.setattr(poplib.POP3_SSL, "pass_", pass_)
    assert mailbox(empty_mail).now()


@pytest.mark.parametrize("other", [False, True])
def test_a_certificate_that_nobody_vouches_for_is_told_at_once(mail: MailServer, tmp_path: Path, other: bool):
    box_certificate.write(tmp_path, mail.address)
    with pytest.raises(MailboxError, match=UNTRUSTED + r".*-D mailbox\.ca=FILE"):
        mailbox(mail, ca=tmp_path / box_certificate.AUTHORITY if other else None).now()


def test_a_server_that_is_down_is_told_and_one_that_is_back_in_time_forgiven(empty_mail: MailServer, cable: Wire):
    box = by(cable, empty_mail)
    since = box.now()
    cable.cut()
    with pytest.raises(MailboxError, match=f"the POP3 server 127.0.0.1, port {cable.port}, .*Connection refused"):
        by(cable, empty_mail, wait=1).now()
    empty_mail.send_link("new")
    timer = threading.Timer(1, cable.mend)
    timer.start()
    assert token(box, since) == "new"
    timer.join()


# In the list of what is there, and in the mail itself.
@pytest.mark.parametrize("share", [0.5, 0.98])
def test_a_connection_that_is_cut_in_the_middle_is_made_again(empty_mail: MailServer, cable: Wire, share: float):
    empty_mail.deliver(old_logins(500, HERS))
    box = by(cable, empty_mail)
    since = box.now()
    cable.break_after(int(cable.passed * share), times=2)
    empty_mail.send_link("new")
    assert token(box, since) == "new"
    assert len(empty_mail.mails()) == 500


@pytest.mark.parametrize(("silent", "reason"), [(False, "answers -ERR EOF"), (True, "does not answer in time")])
def test_a_connection_that_ends_each_time_is_told_and_nothing_is_deleted(
    empty_mail: MailServer, cable: Wire, silent: bool, reason: str
):
    box = by(cable, empty_mail, wait=1)
    since = box.now()
    cable.break_after(cable.passed - 100, silent=silent)
    empty_mail.send_link("new")
    assert f"Last seen: the POP3 server 127.0.0.1, port {cable.port}, {reason}" in complaint(box, since)
    assert len(empty_mail.mails()) == 1
