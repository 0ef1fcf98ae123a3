"""The run's own mail server: who may send by it, and what becomes of the mail."""

import smtplib
import ssl
import threading
import time

import pytest

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.smtp import SmtpMailbox
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import BODY, EDITH, LINK, SITE, SUBJECT, mail


@pytest.fixture
def mailbox():
    opened = SmtpMailbox(wait_s=3)
    yield opened
    opened.close()
    opened.close()


@pytest.fixture
def route(mailbox):
    return mailbox.route(str)


@pytest.fixture
def connected(route):
    with smtplib.SMTP(route.environment["EMAIL_HOST"], int(route.environment["EMAIL_PORT"]), timeout=5) as client:
        yield client


def secure(client, route):
    client.starttls(context=ssl.create_default_context(cadata=route.authority))


def log_in(client, route):
    secure(client, route)
    client.login(route.environment["EMAIL_HOST_USER"], route.environment["EMAIL_PASSWORD"])


def wait(mailbox, after):
    return mailbox.wait_for(EDITH, SUBJECT, after, site=SITE)


def test_mail_of_whoever_logged_in_is_read(mailbox, route, connected):
    after = mailbox.mark()
    log_in(connected, route)
    connected.sendmail("noreply@example.com", [EDITH], mail())
    seen = wait(mailbox, after)
    assert (seen.to, seen.links) == (EDITH, (LINK,))


def test_nobody_sends_without_a_login(mailbox, route, connected):
    secure(connected, route)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        connected.sendmail("noreply@example.com", [EDITH], mail())
    assert refused.value.smtp_code == 530
    assert b"Authentication required" in refused.value.smtp_error


def test_nobody_logs_in_by_a_wrong_password(route, connected):
    secure(connected, route)
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        connected.login(route.environment["EMAIL_HOST_USER"], "wr0ng")
    assert refused.value.smtp_code == 535


def test_nobody_logs_in_or_sends_in_the_clear(route, connected):
    connected.ehlo()
    assert not connected.has_extn("auth")
    code, said = connected.docmd("MAIL", "FROM:<noreply@example.com>")
    assert code == 530
    assert b"STARTTLS" in said


def test_its_certificate_is_vouched_for_by_its_own_authority_only(route, connected):
    with pytest.raises(ssl.SSLCertVerificationError):
        connected.starttls(context=ssl.create_default_context())


def test_who_received_a_mail_is_what_its_envelope_says(mailbox, route, connected):
    mailbox._wait_s = 0
    log_in(connected, route)
    connected.sendmail("noreply@example.com", [EDITH, "boris@example.com"], mail())
    with pytest.raises(NotSeenError, match="it is for somebody else"):
        wait(mailbox, 0)


def test_of_several_the_newest_since_she_asked_is_hers(mailbox, route, connected, later):
    log_in(connected, route)
    for number in range(20):
        connected.sendmail("noreply@example.com", [EDITH], mail(BODY.replace("s3cret", f"old-{number}")))
    after = mailbox.mark()
    later(0.2, connected.sendmail, "noreply@example.com", [EDITH], mail())
    assert wait(mailbox, after).links == (LINK,)


def test_mail_is_found_as_soon_as_it_is_there(mailbox, route, connected, later):
    log_in(connected, route)
    later(0.2, connected.sendmail, "noreply@example.com", [EDITH], mail())
    seen = wait(mailbox, mailbox.mark())
    # 30 ms at most on a quiet machine.
    assert time.time() - seen.arrived < 1


def test_it_listens_at_addresses_of_this_machine_only(mailbox):
    with pytest.raises(MailboxError, match=r"cannot listen at 192\.0\.2\.1: .*Another way: -D mailbox=server"):
        mailbox.server.start("192.0.2.1")
    mailbox.close()


def test_nothing_of_it_stays(route, mailbox):
    with smtplib.SMTP("127.0.0.1", mailbox.server.port, timeout=5):
        mailbox.close()
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.1", mailbox.server.port, timeout=5)
    assert [thread.name for thread in threading.enumerate() if "SMTP" in thread.name] == []


def test_what_was_never_begun_leaves_nothing():
    # A loop that is not closed would warn.
    SmtpMailbox(wait_s=1).close()


def test_its_password_is_shown_nowhere(route):
    assert route.environment["EMAIL_PASSWORD"] not in repr(route)
