"""Mail of a site in this process: django.core.mail.outbox."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from features.mailboxes.awaiting import Awaited, Sight, await_mail
from features.mailboxes.base import Message, Reach, Route
from features.mailboxes.reading import read

if TYPE_CHECKING:
    from features.config import Config


class _Arrivals(list[Message]):
    """An outbox that notes when each mail came in, which Django's does not."""

    def append(self, sent: Any) -> None:
        super().append(read(sent.message().as_bytes(), time.time(), sent.recipients()))


class OutboxMailbox:
    """Reads what Django would have sent."""

    refusal = ""

    def __init__(self, wait_s: float) -> None:
        """Begin with no mail."""
        self._wait_s = wait_s
        self._messages = _Arrivals()

    def route(self, reach: Reach) -> Route:
        """Return the outbox that is to take the place of Django's own."""
        return Route(outbox=self._messages)

    def mark(self) -> float:
        """Return the time."""
        return time.time()

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one."""
        awaited = Awaited(to, subject, after, site)
        return await_mail(lambda: Sight(awaited, list(self._messages)), awaited, self._wait_s)[-1]

    def close(self) -> None:
        """Do nothing."""


def opened(config: "Config", _: Callable[..., str]) -> OutboxMailbox:
    """Return the outbox of a run."""
    return OutboxMailbox(config.mailbox_wait)
