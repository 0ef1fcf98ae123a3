"""Django's own outbox, in this process."""

from smtplib import SMTPRecipientsRefused

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail

from acceptance.mailboxes.outbox import OutboxMailbox
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import BODY, EDITH, SITE, SUBJECT, config


@pytest.fixture
def mailbox(monkeypatch):
    opened = OutboxMailbox(config(), str)
    monkeypatch.setattr("django.core.mail.outbox", opened.settings_for_site(str).outbox)
    return opened


def send(body=BODY, to=EDITH, subject=SUBJECT):
    send_mail(subject, body, "noreply@lists.example.com", [to])


def wait(mailbox, after):
    return mailbox.wait_for(EDITH, SUBJECT, after, site=SITE)


def test_mail_for_whom_it_refuses_cannot_be_sent_and_others_go_on(mailbox):
    mailbox.refuse(EDITH)
    with pytest.raises(SMTPRecipientsRefused):
        send()
    send(to="francis@example.com")
    assert [message.to for message in mailbox.messages] == ["francis@example.com"]


def test_a_mail_that_went_to_others_as_well_is_not_hers(mailbox):
    mailbox.wait_s = 0
    EmailMultiAlternatives(SUBJECT, BODY, to=[EDITH], bcc=["boris@example.com"]).send()
    with pytest.raises(NotSeenError, match=r"to edith\+run\.1@example\.com, boris@example\.com"):
        wait(mailbox, 0)
