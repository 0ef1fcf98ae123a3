"""The run's own mail server: who may send by it, and what becomes of the mail."""

import smtplib
import ssl
import threading

import pytest

from acceptance.mailboxes.smtp import SmtpMailbox
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import BODY, EDITH, LINK, SITE, SUBJECT, config, mail


@pytest.fixture
def mailbox():
    opened = SmtpMailbox(config(), str)
    yield opened
    opened.close()
    opened.close()


@pytest.fixture
def told(mailbox):
    """What the site is told."""
    return mailbox.settings_for_site(str)


@pytest.fixture
def connected(told):
    with smtplib.SMTP(told.environment["EMAIL_HOST"], int(told.environment["EMAIL_PORT"]), timeout=5) as client:
        yield client


def secure(client, told):
    client.starttls(context=ssl.create_default_context(cadata=told.authority))


def log_in(client, told):
    secure(client, told)
    client.login(told.environment["EMAIL_HOST_USER"], told.environment["EMAIL_PASSWORD"])


def wait(mailbox, after):
    return mailbox.wait_for(EDITH, SUBJECT, after, site=SITE)


def test_the_newest_mail_since_she_asked_is_hers(mailbox, told, connected, later):
    log_in(connected, told)
    for number in range(20):
        connected.sendmail("noreply@example.com", [EDITH], mail(BODY.replace("s3cret", f"old-{number}")))
    after = mailbox.now()
    later(0.2, connected.sendmail, "noreply@example.com", [EDITH], mail())
    seen = wait(mailbox, after)
    assert (seen.to, seen.links) == (EDITH, (LINK,))


def test_nobody_sends_without_a_login(told, connected):
    secure(connected, told)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        connected.sendmail("noreply@example.com", [EDITH], mail())
    assert refused.value.smtp_code == 530
    assert b"Authentication required" in refused.value.smtp_error


def test_mail_for_whom_it_refuses_cannot_be_sent_and_others_go_on(mailbox, told, connected):
    mailbox.refuse(EDITH)
    log_in(connected, told)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        connected.sendmail("noreply@example.com", [EDITH], mail())
    connected.sendmail("noreply@example.com", ["francis@example.com"], mail())
    assert [message.to for message in mailbox.messages] == ["francis@example.com"]


def test_nobody_logs_in_by_a_wrong_password(told, connected):
    secure(connected, told)
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        connected.login(told.environment["EMAIL_HOST_USER"], "wr0ng")
    assert refused.value.smtp_code == 535


def test_nobody_logs_in_or_sends_in_the_clear(connected):
    connected.ehlo()
    assert not connected.has_extn("auth")
    code, said = connected.docmd("MAIL", "FROM:<noreply@example.com>")
    assert code == 530
    assert b"STARTTLS" in said


def test_its_certificate_is_vouched_for_by_its_own_authority_only(connected):
    with pytest.raises(ssl.SSLCertVerificationError):
        connected.starttls(context=ssl.create_default_context())


def test_who_received_a_mail_is_what_its_envelope_says(mailbox, told, connected):
    mailbox.wait_s = 0
    log_in(connected, told)
    connected.sendmail("noreply@example.com", [EDITH, "boris@example.com"], mail())
    with pytest.raises(NotSeenError, match="it is for somebody else"):
        wait(mailbox, 0)


def test_nothing_of_it_stays(told, mailbox):
    port = int(told.environment["EMAIL_PORT"])
    before = threading.active_count()
    with smtplib.SMTP("127.0.0.1", port, timeout=5):
        mailbox.close()
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.1", port, timeout=5)
    assert threading.active_count() == before - 1


def test_what_was_never_begun_leaves_nothing():
    # A loop that is not closed would warn.
    SmtpMailbox(config(), str).close()


def test_its_password_is_shown_nowhere(told):
    assert told.environment["EMAIL_PASSWORD"] not in repr(told)
