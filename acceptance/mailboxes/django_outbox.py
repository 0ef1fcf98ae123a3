"""Mail of a site in this process: django.core.mail.outbox."""

import time
from collections.abc import Callable, Container
from smtplib import SMTPRecipientsRefused
from typing import Any

from acceptance.mailboxes.base import InMemoryMailbox, MailSettings
from acceptance.mailboxes.message import Message, read_message


class Outbox(list[Message]):
    """A list that notes when each mail came in, which Django's outbox does not."""

    def __init__(self, refused: Container[str]) -> None:
        """Begin empty; mail for those who are `refused` is not taken."""
        super().__init__()
        self._refused = refused

    def append(self, sent: Any) -> None:
        """Take what Django would have sent; raises SMTPRecipientsRefused, as a mail server makes it do."""
        refused = {to: (550, b"No mail is taken for this address") for to in sent.recipients() if to in self._refused}
        if refused:
            raise SMTPRecipientsRefused(refused)
        super().append(read_message(sent.message().as_bytes(), time.time(), sent.recipients()))


class OutboxMailbox(InMemoryMailbox):
    """Reads what Django would have sent."""

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Return the outbox that is to take the place of Django's own."""
        self.messages = Outbox(self.refused)
        return MailSettings(outbox=self.messages)
