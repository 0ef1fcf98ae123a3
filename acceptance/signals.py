"""Ctrl-C, and what else tells a run to end: it ends once, and cleans up undisturbed."""

import signal
from types import FrameType

# A cancelled job, and a terminal that is closed, are told as a person would tell it.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Whether the run was told to end."""

    def __init__(self) -> None:
        """Begin with nobody having said so."""
        self.happened = False

    def listen(self) -> None:
        """Let each signal end the run, but those that whoever started it had ignored, as nohup does."""
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._end)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.happened = True
        clean_up_undisturbed()
        raise KeyboardInterrupt


def clean_up_undisturbed() -> None:
    """Ignore signals from now on: an end that is interrupted would leave browsers and files."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
