"""Mail of a site in this process: django.core.mail.outbox."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from acceptance.mailboxes.base import Message, Route
from acceptance.mailboxes.in_memory_mailbox import KeptMail
from acceptance.mailboxes.mail_parser import read

if TYPE_CHECKING:
    from acceptance.settings import Config


class _Arrivals(list[Message]):
    """An outbox that notes when each mail came in, which Django's does not."""

    def append(self, sent: Any) -> None:
        super().append(read(sent.message().as_bytes(), time.time(), sent.recipients()))


class OutboxMailbox(KeptMail):
    """Reads what Django would have sent."""

    def __init__(self, wait_s: float) -> None:
        """Begin with no mail."""
        super().__init__(wait_s, _Arrivals())

    def route(self, folder: Callable[[], str]) -> Route:
        """Return the outbox that is to take the place of Django's own."""
        return Route(outbox=self._messages)

    def close(self) -> None:
        """Do nothing."""


def opened(config: "Config", _: Callable[..., str]) -> OutboxMailbox:
    """Return the outbox of a run."""
    return OutboxMailbox(config.mailbox_wait)
