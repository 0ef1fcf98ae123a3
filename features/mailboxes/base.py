"""What every way of reading mail offers."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """A mail as its reader sees it; `arrived` is in seconds since the epoch."""

    to: str
    subject: str
    # Left out when a message is shown: a failure is no place for a login link.
    body: str = field(repr=False)
    arrived: float


class Mailbox(Protocol):
    """Where the site's mail arrives."""

    def wait_for(self, to: str, subject: str, after: float) -> Message:
        """Return the mail to `to` with this subject that arrived after a moment.

        `after` is in seconds since the epoch. Raises NotSeenError that says what
        was awaited and what had come instead.
        """
