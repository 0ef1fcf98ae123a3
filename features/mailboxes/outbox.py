"""Mail of a site in this process: Django's own outbox."""

import time
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

from features.mailboxes.base import Message
from features.waiting import eventually


class _Arrivals(list[Message]):
    """An outbox that notes when each mail came in, which Django's does not."""

    def append(self, mail: Any) -> None:
        super().append(_read(mail))


class OutboxMailbox:
    """Reads django.core.mail.outbox."""

    def __init__(self) -> None:
        """Take the place of the outbox that Django's test environment made."""
        self._messages = _Arrivals()
        mail.outbox = self._messages  # type: ignore[assignment]

    def wait_for(self, to: str, subject: str, after: float) -> Message:
        """Return the newest mail to `to` with this subject since `after`."""

        def since() -> list[Message]:
            return [message for message in self._messages if message.arrived >= after]

        def wanted(messages: list[Message]) -> list[Message]:
            return [message for message in messages if (message.to, message.subject) == (to, subject)]

        return wanted(eventually(since, wanted, what=f"a mail to {to} with the subject {subject!r}"))[-1]


def _read(sent: EmailMessage) -> Message:
    return Message(", ".join(sent.to), str(sent.subject), str(sent.body), time.time())
