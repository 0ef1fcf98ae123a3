"""Mail that the site sends for real, to an SMTP server of the run's own."""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from features.mailboxes.awaiting import Awaited, Sight, await_mail
from features.mailboxes.base import Message, Reach, Route
from features.mailboxes.reading import read
from features.mailboxes.smtp_server import SmtpServer

if TYPE_CHECKING:
    from features.config import Config

USER = "superlists@example.com"


class SmtpMailbox:
    """Takes in the mail itself."""

    refusal = ""

    def __init__(self, wait_s: float) -> None:
        """Take no mail yet."""
        self._wait_s = wait_s
        self._messages: list[Message] = []
        self._password = secrets.token_urlsafe(24)
        self.server = SmtpServer(USER, self._password, self._take)

    def route(self, reach: Reach) -> Route:
        """Start the server where the site reaches it; return how, and the password of this run alone."""
        address = reach.address()
        self.server.start(address)
        return Route(
            {
                "EMAIL_HOST": address,
                "EMAIL_PORT": str(self.server.port),
                "EMAIL_HOST_USER": USER,
                "EMAIL_PASSWORD": self._password,
                "EMAIL_USE_TLS": "1",
            },
            authority=self.server.authority,
        )

    def mark(self) -> float:
        """Return the time."""
        return time.time()

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one."""
        awaited = Awaited(to, subject, after, site)
        return await_mail(lambda: Sight(awaited, list(self._messages)), awaited, self._wait_s)[-1]

    def close(self) -> None:
        """End the server."""
        self.server.stop()

    def _take(self, source: bytes, received_by: list[str]) -> None:
        self._messages.append(read(source, time.time(), received_by))


def opened(config: "Config", _: Callable[..., str]) -> SmtpMailbox:
    """Return the mailbox of a run."""
    return SmtpMailbox(config.mailbox_wait)
