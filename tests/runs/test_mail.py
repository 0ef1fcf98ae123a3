"""Whole runs in which the mail goes another way, or goes wrong."""

import re

from tests.mail.runs import settings
from tests.runs.conftest import Scratch

JOURNEYS = ("features/logging_in.feature", "features/asking_for_a_link.feature")


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
    how = settings(mailbox="catcher", mailbox_url="http://127.0.0.9:1080", mailbox_wait=1)
    ran = scratch.behave(*how, *JOURNEYS, EMAIL_HOST="127.0.0.9")
    assert ran.returncode == 2
    assert "the mail catcher at http://127.0.0.9:1080 cannot be read" in ran.stderr
    assert "passed" not in ran.stdout
    assert scratch.left_running() == []
    # Who reads no mail has no need of it.
    assert scratch.behave(*how, "--tags=@smoke", EMAIL_HOST="127.0.0.9").returncode == 0
