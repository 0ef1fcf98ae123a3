"""The only wait of this package: look again until it is so."""

import time
from collections.abc import Callable

POLL_S = 0.01


def eventually(look: Callable[[], bool], *, within_s: float) -> bool:
    """Tell whether `look` said yes within this time; look every 10 ms, and at least once."""
    deadline = time.monotonic() + within_s
    while not look():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_S)
    return True
