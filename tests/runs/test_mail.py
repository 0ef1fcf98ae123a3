"""Whole runs in which the mail goes another way, or goes wrong."""

import re

from tests.mail.runs import settings
from tests.runs.conftest import Scratch

JOURNEYS = ("features/logging_in.feature", "features/asking_for_a_link.feature")
JOURNEY = "--name=Edith logs in, and out again"


def test_the_journeys_pass_with_mail_that_is_read_from_files(scratch: Scratch):
    ran = scratch.behave(*settings(mailbox="server"), "features/asking_for_a_link.feature")
    assert " scenarios passed, 0 failed, 1 skipped" in ran.stdout, ran.stdout + ran.stderr
    # Only a server of the run's own can be told to refuse mail.
    assert "it runs @use.with_mailbox=outbox @use.with_mailbox=smtp; this run has" in ran.stdout
    assert scratch.left_running() == []
    assert scratch.left_behind() == []


def test_a_site_that_does_not_log_in_to_its_mail_server_is_refused_there(scratch: Scratch):
    scratch.replace("acceptance/mailboxes/smtp.py", '"EMAIL_PASSWORD": password', '"EMAIL_PASSWORD": ""')
    ran = scratch.behave(*settings(mailbox="smtp"), "--junit", JOURNEY)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    evidence = scratch.evidence("logging-in-by-a-mailed-link/edith-logs-in-and-out-again")
    assert "Our mail is not working just now." in (evidence / "edith.html").read_text()
    for told in (ran.stdout, (scratch.root / "reports/junit/TESTS-logging_in.xml").read_text()):
        assert "and is told ['Sorry, we could not send the link to your To-Do lists" in told
        assert "Traceback (most recent call last):" in told
        assert "smtplib.SMTPSenderRefused: (530, b'5.7.0 Authentication required'" in told


def test_a_site_trusts_no_other_mail_server(scratch: Scratch):
    scratch.replace("acceptance/mailboxes/smtp.py", "authority=server.authority", 'authority=""')
    ran = scratch.behave(*settings(mailbox="smtp"), JOURNEY)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED]" in ran.stdout
    assert "and is told ['Sorry, we could not send the link to your To-Do lists" in ran.stdout


UNTAGGED = "Feature: Told by a test\n\n  Scenario: untagged\n    Given Edith has been mailed a login link\n"


def test_without_a_mailbox_what_needs_one_is_skipped_and_what_needs_it_untagged_fails(scratch: Scratch):
    (scratch.root / "features/told.feature").write_text(UNTAGGED)
    ran = scratch.behave(*settings(mailbox="none"), "--junit", "features/told.feature", *JOURNEYS)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    skipped = re.search(r"[1-9]\d* scenarios passed, 0 failed, 1 error, ([1-9]\d*) skipped", ran.stdout)
    assert skipped, ran.stdout
    assert "A scenario that needs mail is tagged @mailbox." in ran.stdout
    assert f"{skipped[1]} scenarios were skipped: mailbox=none reads no mail" in ran.stdout
    junit = scratch.root / "reports/junit"
    told = "".join((junit / f"TESTS-{name}.xml").read_text() for name in ("logging_in", "asking_for_a_link"))
    assert told.count('<skipped message="mailbox=none reads no mail') == int(skipped[1])


def test_a_mailbox_that_is_not_there_is_noticed_before_a_scenario_runs(scratch: Scratch):
    how = settings(mailbox="catcher", mailbox_url="http://127.0.0.9:1080")
    ran = scratch.behave(*how, *JOURNEYS, EMAIL_HOST="127.0.0.9")
    assert ran.returncode == 2
    assert "the mail catcher at http://127.0.0.9:1080 cannot be read" in ran.stderr
    assert "passed" not in ran.stdout
    assert scratch.left_running() == []
    # Who reads no mail has no need of it.
    assert scratch.behave(*how, "--tags=@smoke", EMAIL_HOST="127.0.0.9").returncode == 0
