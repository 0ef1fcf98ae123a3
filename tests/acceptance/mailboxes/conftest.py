import threading
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """Do something while the test waits for it."""
    timers = []

    def begin(seconds: float, what: Callable[..., object], *arguments: object) -> None:
        timers.append(threading.Timer(seconds, what, arguments))
        timers[-1].start()

    yield begin
    for timer in timers:
        timer.join()
