"""The contract of every way to read mail: the right mail, or a sentence that says what came instead."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from acceptance.mailboxes.message import Message, origin
from acceptance.waiting import eventually

if TYPE_CHECKING:
    from acceptance.settings import Settings

# How much a failure tells of other mail.
SHOWN = 10


class MailboxError(Exception):
    """A mailbox that cannot be read, and will not be by waiting."""


@dataclass(frozen=True)
class MailSettings:
    """What a site that the run makes is to be told, so that its mail arrives."""

    # Variables for the site.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    # The authority that vouches for the mail server, as PEM, where the site's machine does not know it.
    authority: str = field(default="", repr=False)
    # The port of this machine's own loopback that the site has to reach at its own, if any.
    port: int = 0
    # What a site in this process puts its mail into instead of sending it.
    outbox: list[Any] | None = None


@dataclass(frozen=True)
class MailQuery:
    """A mail to one address alone, with this subject, after a moment, with a link to a site if one is named."""

    to: str
    subject: str
    after: float
    site: str = ""

    def __str__(self) -> str:
        """Return what is awaited, for a failure."""
        link = f" and a link to {self.site}" if self.site else ""
        return f"a mail to {self.to} with the subject {self.subject!r}{link}, since {_clock(self.after)}"

    def mismatch(self, message: Message) -> str:
        """Return why this mail is not the one; nothing if it is."""
        return self.mismatch_of_headers(message) or self._mismatch_of_links(message)

    def mismatch_of_headers(self, message: Message) -> str:
        """Return why a mail of which only the headers are known cannot be the one."""
        if message.to.lower() != self.to.lower():
            return "it is for somebody else"
        if message.subject != self.subject:
            return "it has another subject"
        return "" if message.arrived >= self.after else "it came before that"

    def _mismatch_of_links(self, message: Message) -> str:
        if not self.site or message.links_to(self.site):
            return ""
        # Only where they lead: the rest of a link may be a key.
        elsewhere = sorted({"{}://{}:{}".format(*origin(link)) for link in message.links})
        return f"its link leads to {' and '.join(elsewhere)}" if elsewhere else "there is no link in it"


@dataclass(frozen=True)
class Match:
    """What one look at a mailbox found; the awaited mail may be there several times."""

    query: MailQuery
    messages: Sequence[Message]
    # How many mails are too old to be looked into.
    older: int = 0

    @property
    def found(self) -> list[Message]:
        """The mails that are the awaited one, the newest last."""
        found = [message for message in self.messages if not self.query.mismatch(message)]
        return sorted(found, key=lambda message: message.arrived)

    def __repr__(self) -> str:
        """Return what had come instead: senders, times, subjects, and why not; never what is within."""
        # Those to the right address tell most, then the newest.
        others = sorted(
            self.messages, key=lambda mail: (mail.to.lower() == self.query.to.lower(), mail.arrived), reverse=True
        )
        lines = ["other mail only:" if others else "no mail", *map(self._line, others[:SHOWN])]
        if len(others) > SHOWN:
            lines.append(f"{len(others) - SHOWN} more")
        if self.older:
            lines.append(f"{self.older} older, which were not looked into")
        return "\n  ".join(lines)

    def _line(self, mail: Message) -> str:
        why = self.query.mismatch(mail)
        return f"{_clock(mail.arrived)} from {mail.sender or '(nobody)'} to {mail.to}: {mail.subject!r} ({why})"


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%H:%M:%S")


class Mailbox(ABC):
    """Where the site's mail arrives."""

    # Why no mail can be read, so that scenarios that need some are skipped; empty where it can.
    unavailable = ""
    # The least time between two looks while a mail is awaited; None for as often as anything is looked for.
    poll_s: float | None = None

    def __init__(self, settings: "Settings", manage: Callable[..., str]) -> None:
        """Connect to nothing yet; `manage` runs a fixture command where the site runs."""
        self.settings, self.manage = settings, manage
        self.wait_s = settings.mailbox_wait

    @abstractmethod
    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Get ready for the mail of a site that the run makes; return what that site is to be told.

        `mail_folder` names one that the site can write to, made if need be.
        """

    @abstractmethod
    def now(self) -> float:
        """Return the moment from which mail is new, in seconds since the epoch by the mailbox's own clock.

        Raises MailboxError where the mailbox cannot be read.
        """

    @abstractmethod
    def look(self, query: MailQuery) -> Match:
        """Return what lies there now.

        Raises NotReadyError where another look may do, MailboxError where none will.
        """

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest mail to `to` alone, with this subject, that arrived after a moment.

        `after` is what now() returned. Where a `site` is named, only a mail with a link
        to it will do. Raises NotSeenError that says what was awaited and what had come
        instead, MailboxError where waiting is of no use.
        """
        query = MailQuery(to, subject, after, site)
        match = eventually(
            lambda: self.look(query),
            lambda match: match.found,
            what=str(query),
            within_s=self.wait_s,
            poll_s=self.poll_s,
        )
        return match.found[-1]

    def close(self) -> None:  # noqa: B027 - most have nothing to end
        """End what settings_for_site() began; safe to call twice."""


class InMemoryMailbox(Mailbox):
    """Keeps the mail that comes into this process, and tells time by this machine's clock."""

    def refuse(self, email: str) -> None:
        """Take no mail for this address from now on, and tell whoever sends some."""
        self.refused.add(email)

    def __init__(self, settings: "Settings", manage: Callable[..., str]) -> None:
        super().__init__(settings, manage)
        self.messages: list[Message] = []
        self.refused: set[str] = set()

    def now(self) -> float:
        """Return the time."""
        return time.time()

    def look(self, query: MailQuery) -> Match:
        """Return all there is."""
        return Match(query, list(self.messages))
