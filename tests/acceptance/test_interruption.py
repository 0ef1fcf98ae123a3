import os
import signal

import pytest

from acceptance.signals import SIGNALS, Interruption


@pytest.fixture(autouse=True)
def _handlers_come_back():
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_ends_the_run_and_the_others_are_ignored(number):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_DFL)
    interruption = Interruption()
    interruption.listen()
    assert not interruption.happened
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert interruption.happened
    for each in SIGNALS:
        os.kill(os.getpid(), each)


def test_what_is_ignored_from_the_start_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interruption = Interruption()
    interruption.listen()
    os.kill(os.getpid(), signal.SIGHUP)
    assert not interruption.happened
