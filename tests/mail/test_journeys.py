"""Logging in by a mailed link, through real mail servers from the form to the mailbox."""

from tests.mail.maildev import Catcher
from tests.mail.postfix import MailServer, old_logins
from tests.mail.runs import LOGS_IN, by_pop3, said_by, secrets, secrets_of_catcher, settings
from tests.runs.conftest import Scratch

DOCKER = settings(target="docker")


def test_through_a_mailbox_that_is_full_of_old_logins(scratch: Scratch, empty_mail: MailServer):
    empty_mail.deliver(old_logins(500))
    ran = scratch.behave(*DOCKER, *by_pop3(empty_mail), *LOGS_IN, **secrets(empty_mail))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 scenario passed, 0 failed" in ran.stdout
    left = empty_mail.mails()
    # What was read is deleted.
    assert (len(left), all("/accounts/login/old-" in message for message in left)) == (500, True)
    said_by(scratch, ran, empty_mail)


def test_through_a_mail_catcher(scratch: Scratch, catcher: Catcher):
    way = settings(mailbox="catcher", mailbox_url=catcher.url)
    ran = scratch.behave(*DOCKER, *way, *LOGS_IN, **secrets_of_catcher(catcher))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 scenario passed, 0 failed" in ran.stdout
