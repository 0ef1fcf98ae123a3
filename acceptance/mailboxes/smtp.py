"""Mail that the site sends for real, to an SMTP server of the run's own."""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from acceptance.mailboxes.base import Route
from acceptance.mailboxes.in_memory_mailbox import KeptMail
from acceptance.mailboxes.mail_parser import read
from acceptance.mailboxes.smtp_server import SmtpServer

if TYPE_CHECKING:
    from acceptance.settings import Config

USER = "superlists@example.com"
HOST = "127.0.0.1"


class SmtpMailbox(KeptMail):
    """Takes in the mail itself."""

    def __init__(self, wait_s: float) -> None:
        """Take no mail yet."""
        super().__init__(wait_s)
        self._password = secrets.token_urlsafe(24)
        self.server = SmtpServer(USER, self._password, self._take)

    def route(self, folder: Callable[[], str]) -> Route:
        """Start the server; return how the site reaches it, and the password of this run alone."""
        self.server.start(HOST)
        return Route(
            {
                "EMAIL_HOST": HOST,
                "EMAIL_PORT": str(self.server.port),
                "EMAIL_HOST_USER": USER,
                "EMAIL_PASSWORD": self._password,
                "EMAIL_USE_TLS": "1",
            },
            authority=self.server.authority,
            port=self.server.port,
        )

    def close(self) -> None:
        """End the server."""
        self.server.stop()

    def _take(self, source: bytes, received_by: list[str]) -> None:
        self._messages.append(read(source, time.time(), received_by))


def opened(config: "Config", _: Callable[..., str]) -> SmtpMailbox:
    """Return the mailbox of a run."""
    return SmtpMailbox(config.mailbox_wait)
