"""Django's own outbox, in this process."""

import pytest
from django.core.mail import EmailMultiAlternatives

from acceptance.mailboxes.django_outbox import OutboxMailbox
from acceptance.waiting import NotSeenError
from tests.acceptance.mailboxes.mails import BODY, EDITH, SITE, SUBJECT, config


def test_a_mail_that_went_to_others_as_well_is_not_hers(monkeypatch):
    mailbox = OutboxMailbox(config(mailbox_wait=0), str)
    monkeypatch.setattr("django.core.mail.outbox", mailbox.settings_for_site(str).outbox)
    EmailMultiAlternatives(SUBJECT, BODY, to=[EDITH], bcc=["boris@example.com"]).send()
    with pytest.raises(NotSeenError, match=r"to edith\+run\.1@example\.com, boris@example\.com"):
        mailbox.wait_for(EDITH, SUBJECT, 0, site=SITE)
