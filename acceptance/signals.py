"""What ends a run from outside: it ends once, in order, and its clean-up is not interrupted."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from acceptance.exit_code import Outcome

# A cancelled job, and a terminal that is closed, end a run as Ctrl-C does.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt() -> None:
    """Break off what is being done."""
    raise KeyboardInterrupt


def end_on_signals(outcome: Outcome, end: Callable[[], None] = interrupt) -> None:
    """Let each signal end the run once, but those that whoever started it had ignored, as nohup does."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        outcome.interrupted = True
        ignore_signals()
        end()

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)


def ignore_signals() -> None:
    """Ignore signals from now on: a clean-up that is interrupted would leave browsers and files."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Let a signal that comes meanwhile take effect afterwards: what is half written would be of no use."""
    received: list[int] = []
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda number, _: received.append(number))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for first in received[:1]:
            os.kill(os.getpid(), first)
