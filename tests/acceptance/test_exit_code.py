"""How a run ends: its exit code, and what it says of itself."""

from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status

from acceptance.exit_code import BROKEN, INTERRUPTED, NOTHING_RAN, REFUSED, SETUP_FAILED, Outcome


def outcome_of(*statuses: Status, reason: str | None = None, **changes: Any) -> Outcome:
    outcome = Outcome(SimpleNamespace(reporters=[]))
    scenarios = [SimpleNamespace(status=status, skip_reason=reason) for status in statuses]
    feature: Any = SimpleNamespace(walk_scenarios=lambda: scenarios)
    outcome.feature(feature)
    for name, value in changes.items():
        setattr(outcome, name, value)
    return outcome


FULL = OSError(28, "No space left on device")
SKIPPED = "1 scenario was skipped: no mail\n"
UNPROVEN = "No scenario ran, so nothing was proven."


@pytest.mark.parametrize(
    ("outcome", "code", "printed"),
    [
        *((outcome_of(ran, Status.skipped), 0, "Took ") for ran in (Status.passed, Status.failed, Status.hook_error)),
        (outcome_of(), NOTHING_RAN, f"{UNPROVEN} Is a tag or a name mistyped?\n"),
        (outcome_of(Status.skipped, Status.untested), NOTHING_RAN, UNPROVEN),
        (outcome_of(Status.skipped, reason="no mail"), NOTHING_RAN, f"{SKIPPED}{UNPROVEN}\n"),
        (outcome_of(Status.skipped, reason="no mail", ran=1), 0, f"{SKIPPED}Took "),
        (outcome_of(Status.passed, cannot_start=SETUP_FAILED), SETUP_FAILED, ""),
        (outcome_of(Status.passed, cannot_start=REFUSED), REFUSED, ""),
        (outcome_of(interrupted=True, cannot_start=SETUP_FAILED), INTERRUPTED, "The run was interrupted"),
        (outcome_of(Status.passed, interrupted=True), INTERRUPTED, "The run was interrupted"),
        (outcome_of(Status.passed, aborted=True), BROKEN, "The run was aborted"),
    ],
)
def test_how_a_run_ends(outcome, code, printed, capsys):
    outcome.end()
    assert outcome.code == code
    out = capsys.readouterr().out
    assert out.startswith(printed)
    assert bool(out) == bool(printed)


def test_results_that_are_lost_are_no_success(capsys):
    outcome = outcome_of(Status.passed)
    outcome.could_not_write("results.jsonl", FULL)
    outcome.could_not_write("results.jsonl", FULL)
    assert outcome.code == 1
    assert outcome.problem.startswith("results.jsonl could not be written (No space left on device)")
