"""The order of a run, how it ends, what ends it, and what it says of steps that nobody wrote."""

import os
import signal
from types import SimpleNamespace
from typing import Any

import pytest
from behave.model_type import Status
from behave.parser import parse_steps

from acceptance.exit_code import INTERRUPTED, NOTHING_RAN, REFUSED, SETUP_FAILED, Outcome
from acceptance.prose.snippets import snippets
from acceptance.runner import shuffle
from acceptance.signals import SIGNALS, end_on_signals


def tree() -> list[Any]:
    """Three features of three rules with four scenarios each."""
    return [
        SimpleNamespace(run_items=[SimpleNamespace(run_items=[f"{f}{r}{s}" for s in range(4)]) for r in range(3)])
        for f in range(3)
    ]


def shuffled(seed: int) -> list[str]:
    features = tree()
    shuffle(features, seed)
    return [scenario for feature in features for rule in feature.run_items for scenario in rule.run_items]


def test_a_seed_gives_one_order_of_features_rules_and_scenarios_and_none_is_lost():
    orders = [shuffled(seed) for seed in range(8)]
    assert orders == [shuffled(seed) for seed in range(8)]
    assert all(len(set(order)) == 36 for order in orders)
    for place in range(3):
        assert len({order[0][place] for order in orders}) > 1


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


@pytest.fixture
def _handlers_come_back():
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers_come_back")
@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_ends_the_run_and_the_others_are_ignored(number):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    outcome = outcome_of()
    end_on_signals(outcome)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert outcome.interrupted
    for each in SIGNALS:
        os.kill(os.getpid(), each)


@pytest.mark.usefixtures("_handlers_come_back")
def test_what_is_ignored_from_the_start_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    outcome = outcome_of()
    end_on_signals(outcome)
    os.kill(os.getpid(), signal.SIGHUP)
    assert not outcome.interrupted


def test_a_snippet_is_in_the_house_style_and_each_wording_comes_once():
    steps = parse_steps(
        'When Edith shares "Hang the bunting" with Onesiphorus\n'
        'When Francis shares "Plan the surprise" with Boris\n'
        "Then Edith's list on Superlists is 15 minutes old\n"
    )
    assert snippets(steps).partition(":\n\n")[2] == (
        """@when('{who:Person} shares "{text}" with {other:Person}')\n"""
        "def shares_with(context: Context, who: str, text: str, other: str) -> None:\n"
        "    raise NotImplementedError\n\n\n"
        """@then("{who:Person}'s list on Superlists is {count:d} minutes old")\n"""
        "def list_on_superlists_is_minutes_old(context: Context, who: str, count: int) -> None:\n"
        "    raise NotImplementedError\n"
    )
