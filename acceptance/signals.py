"""What ends a run from outside: it ends once, in order, and its clean-up is not interrupted."""

import signal
from types import FrameType

from acceptance.outcome import Outcome

# A cancelled job, and a terminal that is closed, end a run as Ctrl-C does.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end_on_signals(outcome: Outcome) -> None:
    """Let each signal end the run once, but those that whoever started it had ignored, as nohup does."""

    def end(_number: int, _frame: FrameType | None) -> None:
        outcome.interrupted = True
        ignore_signals()
        raise KeyboardInterrupt

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def ignore_signals() -> None:
    """Ignore signals from now on: a clean-up that is interrupted would leave browsers and files."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
