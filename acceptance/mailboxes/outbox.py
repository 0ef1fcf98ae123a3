"""Mail of a site in this process: django.core.mail.outbox."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from acceptance.mailboxes.base import InMemoryMailbox, MailSettings
from acceptance.mailboxes.message import Message, read_message

if TYPE_CHECKING:
    from acceptance.settings import Settings


class _Outbox(list[Message]):
    """A list that notes when each mail came in, which Django's outbox does not."""

    def append(self, sent: Any) -> None:
        super().append(read_message(sent.message().as_bytes(), time.time(), sent.recipients()))


class OutboxMailbox(InMemoryMailbox):
    """Reads what Django would have sent."""

    def __init__(self, settings: "Settings", _: Callable[..., str]) -> None:
        """Begin with no mail."""
        super().__init__(settings.mailbox_wait, _Outbox())

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Return the outbox that is to take the place of Django's own."""
        return MailSettings(outbox=self.messages)
