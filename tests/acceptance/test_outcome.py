from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.exit_code import INTERRUPTED, NOTHING_RAN, REFUSED, SETUP_FAILED, Outcome
from acceptance.signals import Interruption


def outcome_of(*statuses: Status, reason: str | None = None) -> Outcome:
    outcome = Outcome(SimpleNamespace(reporters=[]), Interruption())
    scenarios = [SimpleNamespace(status=status, skip_reason=reason) for status in statuses]
    feature: Any = SimpleNamespace(walk_scenarios=lambda: scenarios)
    outcome.feature(feature)
    return outcome


@pytest.mark.parametrize("status", [Status.passed, Status.failed, Status.error, Status.hook_error])
def test_a_run_in_which_a_scenario_ran_ends_as_behave_says(status, capsys):
    outcome_of(status, Status.skipped).end()
    assert capsys.readouterr().out.startswith("Took ")


@pytest.mark.parametrize("statuses", [[], [Status.skipped, Status.untested]])
def test_a_run_in_which_no_scenario_ran_fails(statuses, capsys):
    with pytest.raises(SystemExit) as left:
        outcome_of(*statuses).end()
    assert left.value.code == NOTHING_RAN
    assert "nothing was proven" in capsys.readouterr().out


def test_what_was_skipped_is_told_with_the_reason(capsys):
    outcome = outcome_of(Status.skipped, Status.skipped, reason="no mail")
    outcome.ran = 1
    outcome.end()
    assert capsys.readouterr().out.startswith("2 scenarios were skipped: no mail\nTook ")


def test_a_run_in_which_all_was_skipped_proved_nothing(capsys):
    with pytest.raises(SystemExit) as left:
        outcome_of(Status.skipped, reason="no mail").end()
    assert left.value.code == NOTHING_RAN
    assert capsys.readouterr().out == "1 scenario was skipped: no mail\nNo scenario ran, so nothing was proven.\n"


@pytest.mark.parametrize("code", [SETUP_FAILED, REFUSED])
def test_a_run_that_could_not_start_has_a_code_of_its_own(code):
    outcome = outcome_of(Status.passed)
    outcome.cannot_start = code
    with pytest.raises(SystemExit) as left:
        outcome.end()
    assert left.value.code == code


@pytest.mark.parametrize("statuses", [[], [Status.passed]])
def test_a_run_that_was_interrupted_says_so(statuses, capsys):
    outcome = outcome_of(*statuses)
    outcome._interruption.happened = True
    with pytest.raises(SystemExit) as left:
        outcome.end()
    assert left.value.code == INTERRUPTED
    said = capsys.readouterr().out
    assert "was interrupted" in said
    assert "mistyped" not in said


def test_behaves_own_duration_which_leaves_out_rules_is_not_shown():
    summary = SimpleNamespace(show_duration=True)
    Outcome(SimpleNamespace(reporters=[summary]), Interruption())
    assert not summary.show_duration
