import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.mailboxes.pop3_server import Pop3Server, pop3_server


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Pop3Server]:
    """A POP3 server with an empty mailbox."""
    with pop3_server(tmp_path) as server:
        yield server


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """Do something while the test waits for it."""
    timers = []

    def begin(seconds: float, what: Callable[..., object], *arguments: object, **named: object) -> None:
        timers.append(threading.Timer(seconds, what, arguments, named))
        timers[-1].start()

    yield begin
    for timer in timers:
        timer.join()
