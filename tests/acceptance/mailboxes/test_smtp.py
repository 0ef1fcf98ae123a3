"""The run's own mail server: who may send by it, and what becomes of the mail."""

import smtplib
import ssl
import threading

import pytest

from acceptance.mailboxes.smtp import SmtpMailbox
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import EDITH, SITE, SUBJECT, config, mail


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


def test_mail_for_whom_it_refuses_cannot_be_sent_and_others_go_on(mailbox, told, connected):
    mailbox.refuse(EDITH)
    log_in(connected, told)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        connected.sendmail("noreply@example.com", [EDITH], mail())
    connected.sendmail("noreply@example.com", ["francis@example.com"], mail())
    assert [message.to for message in mailbox.messages] == ["francis@example.com"]


def test_nobody_sends_without_a_login_and_whoever_trusts_others_sends_nothing(told, connected):
    with pytest.raises(ssl.SSLCertVerificationError):
        connected.starttls(context=ssl.create_default_context())
    with smtplib.SMTP("127.0.0.1", int(told.environment["EMAIL_PORT"]), timeout=5) as client:
        secure(client, told)
        with pytest.raises(smtplib.SMTPSenderRefused, match="Authentication required"):
            client.sendmail("noreply@example.com", [EDITH], mail())


def test_nobody_logs_in_by_a_wrong_password_and_nobody_in_the_clear(told, connected):
    code, reply = connected.docmd("MAIL", "FROM:<noreply@example.com>")
    assert (code, b"STARTTLS" in reply, connected.has_extn("auth")) == (530, True, False)
    secure(connected, told)
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        connected.login(told.environment["EMAIL_HOST_USER"], "wr0ng")
    assert refused.value.smtp_code == 535


def test_who_received_a_mail_is_what_its_envelope_says(mailbox, told, connected):
    mailbox.wait_s = 0
    log_in(connected, told)
    connected.sendmail("noreply@example.com", [EDITH, "boris@example.com"], mail())
    with pytest.raises(NotSeenError, match="it is for somebody else"):
        mailbox.wait_for(EDITH, SUBJECT, 0, site=SITE)


def test_nothing_of_it_stays(told, mailbox):
    port = int(told.environment["EMAIL_PORT"])
    before = threading.active_count()
    with smtplib.SMTP("127.0.0.1", port, timeout=5):
        mailbox.close()
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.1", port, timeout=5)
    assert threading.active_count() == before - 1
