"""What ends a run before its end."""

import os
import signal
from types import SimpleNamespace

import pytest

from acceptance.exit_code import Outcome
from acceptance.signals import SIGNALS, end_on_signals


@pytest.fixture(autouse=True)
def _handlers_come_back():
    before = {number: signal.signal(number, signal.SIG_DFL) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_ends_the_run_and_the_others_are_ignored(number):
    outcome = Outcome(SimpleNamespace(reporters=[]))
    end_on_signals(outcome)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert outcome.interrupted
    for each in SIGNALS:
        os.kill(os.getpid(), each)


def test_what_is_ignored_from_the_start_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    outcome = Outcome(SimpleNamespace(reporters=[]))
    end_on_signals(outcome)
    os.kill(os.getpid(), signal.SIGHUP)
    assert not outcome.interrupted
