"""Django's own outbox, in this process."""

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail

from acceptance.mailboxes.django_outbox import OutboxMailbox
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


def test_a_mail_that_went_to_others_as_well_is_not_hers(mailbox):
    mailbox.wait_s = 0
    EmailMultiAlternatives(SUBJECT, BODY, to=[EDITH], bcc=["boris@example.com"]).send()
    with pytest.raises(NotSeenError, match=r"to edith\+run\.1@example\.com, boris@example\.com"):
        wait(mailbox, 0)
