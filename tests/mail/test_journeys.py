"""Logging in by a mailed link, through real mail servers from the form to the mailbox."""

import pytest

from tests.mail.maildev import Catcher
from tests.mail.postfix import MailServer, old_logins
from tests.mail.runs import LOGGING_IN, LOGS_IN, by_pop3, said_by, secrets, secrets_of_catcher, settings
from tests.runs.conftest import Scratch

DOCKER, LOCAL = settings(target="docker"), settings(target="local")


@pytest.fixture
def stuck_mail(empty_mail: MailServer):
    """The same server while it takes mail, and delivers none."""
    empty_mail.run("postconf", "-e", "defer_transports=lmtp")
    empty_mail.run("postfix", "reload")
    yield empty_mail
    empty_mail.run("postconf", "-X", "defer_transports")
    empty_mail.run("postfix", "reload")
    empty_mail.run("postsuper", "-d", "ALL")


def test_through_a_mailbox_that_is_full_of_old_logins(scratch: Scratch, empty_mail: MailServer):
    empty_mail.deliver(old_logins(500))
    ran = scratch.behave(*DOCKER, *by_pop3(empty_mail), *LOGGING_IN, **secrets(empty_mail))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " scenarios passed, 0 failed, 1 skipped" in ran.stdout
    left = empty_mail.mails()
    # What was read is deleted; the link that nobody was to open lies there still.
    assert len([message for message in left if "/accounts/login/old-" in message]) == 500
    assert len(left) <= 502
    said_by(scratch, ran, empty_mail)


def test_through_a_mail_catcher(scratch: Scratch, catcher: Catcher):
    way = settings(mailbox="catcher", mailbox_url=catcher.url)
    ran = scratch.behave(*DOCKER, *way, *LOGS_IN, **secrets_of_catcher(catcher))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 scenario passed, 0 failed" in ran.stdout


def test_a_mail_that_never_comes_is_told_with_what_came_instead_and_what_the_site_did(
    scratch: Scratch, stuck_mail: MailServer
):
    stuck_mail.deliver(old_logins(500))
    ran = scratch.behave(*LOCAL, *by_pop3(stuck_mail, mailbox_wait=2), *LOGS_IN, **secrets(stuck_mail))
    assert ran.returncode == 1
    assert "Waited 2 s for a mail to everyone+edith." in ran.stdout
    assert "with the subject 'Your login link for Superlists' and a link to http://localhost:" in ran.stdout
    assert "500 older" in ran.stdout
    assert "INFO superlists.accounts.views: Mailed a login link to everyone+edith." in ran.stdout
    said_by(scratch, ran, stuck_mail)


def test_a_mailbox_that_cannot_be_read_is_told_before_anything_is_asked_for(scratch: Scratch, mail: MailServer):
    ran = scratch.behave(*LOCAL, *by_pop3(mail), *LOGS_IN, **secrets(mail, MAILBOX_PASSWORD="out-of-date"))
    assert ran.returncode == 2
    assert "refuses the login of everyone@example.com: -ERR [AUTH] Authentication failed" in ran.stderr
    assert "The password is taken from MAILBOX_PASSWORD." in ran.stderr
    assert "out-of-date" not in said_by(scratch, ran, mail)
