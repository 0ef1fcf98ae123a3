"""No mailbox: what needs one is skipped, and said to be."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from acceptance.mailboxes.base import MailboxError, Message, Route

if TYPE_CHECKING:
    from acceptance.settings import Config

REFUSAL = "mailbox=none reads no mail; another way is set by -D mailbox=…"


class NoMailbox:
    """Reads nothing."""

    refusal = REFUSAL

    def route(self, folder: Callable[[], str]) -> Route:
        """Let the site put its mail where nobody looks."""
        return Route({"EMAIL_FILE_PATH": folder()})

    def mark(self) -> float:
        """Refuse; raises MailboxError."""
        raise MailboxError(f"{REFUSAL}. A scenario that needs mail is tagged @mailbox.")

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Refuse; raises MailboxError."""
        raise MailboxError(f"{REFUSAL}. A scenario that needs mail is tagged @mailbox.")

    def close(self) -> None:
        """Do nothing."""


def opened(_: "Config", __: Callable[..., str]) -> NoMailbox:
    """Return it."""
    return NoMailbox()
