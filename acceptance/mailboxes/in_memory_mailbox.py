"""Mail that comes into this process: kept, and looked through when it is awaited."""

import time

from acceptance.mailboxes.base import Message
from acceptance.mailboxes.mail_query import Awaited, Sight, await_mail


class KeptMail:
    """The part of a mailbox that is the same however mail comes in here: by this machine's clock."""

    refusal = ""

    def __init__(self, wait_s: float, messages: list[Message] | None = None) -> None:
        """Keep mail in this list; wait for one no longer than so many seconds."""
        self._wait_s = wait_s
        self._messages = [] if messages is None else messages

    def mark(self) -> float:
        """Return the time."""
        return time.time()

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one; raises NotSeenError."""
        awaited = Awaited(to, subject, after, site)
        return await_mail(lambda: Sight(awaited, list(self._messages)), awaited, self._wait_s)[-1]
