"""Mail that the site writes to files, read back where the site runs."""

import json
from collections.abc import Callable

from features.mailboxes.base import Message
from features.waiting import eventually

# A file's time comes from a clock that may be a tick behind.
CLOCK_TICK_S = 0.01


class ServerMailbox:
    """Reads mail by a fixture command."""

    def __init__(self, manage: Callable[..., str]) -> None:
        """Read by way of a target's `manage`."""
        self._manage = manage

    def wait_for(self, to: str, subject: str, after: float) -> Message:
        """Return the newest mail to `to` with this subject since `after`."""

        def since() -> list[Message]:
            written = self._manage("read_mail", f"--after={after - CLOCK_TICK_S!r}")
            return [Message(**mail) for mail in json.loads(written)]

        def wanted(messages: list[Message]) -> list[Message]:
            return [message for message in messages if (message.to, message.subject) == (to, subject)]

        return wanted(eventually(since, wanted, what=f"a mail to {to} with the subject {subject!r}"))[-1]
