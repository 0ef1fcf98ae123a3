"""Waiting for one mail: what makes it the right one, and what is said when it does not come."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from acceptance.mailboxes.base import Message, origin
from acceptance.waiting import eventually

SHOWN = 10


@dataclass(frozen=True)
class Awaited:
    """A mail to one address alone, with this subject, after a moment, with a link to a site if one is named."""

    to: str
    subject: str
    after: float
    site: str = ""

    def __str__(self) -> str:
        """Return what is awaited, for a failure."""
        link = f" and a link to {self.site}" if self.site else ""
        return f"a mail to {self.to} with the subject {self.subject!r}{link}, since {_clock(self.after)}"

    def objection(self, message: Message) -> str:
        """Return why this mail is not the one; nothing if it is."""
        return self.objection_to_head(message) or self._objection_to_links(message)

    def objection_to_head(self, message: Message) -> str:
        """Return why a mail of which only the headers are known cannot be the one."""
        if message.to.lower() != self.to.lower():
            return "it is for somebody else"
        if message.subject != self.subject:
            return "it has another subject"
        return "" if message.arrived >= self.after else "it came before that"

    def _objection_to_links(self, message: Message) -> str:
        if not self.site or message.links_to(self.site):
            return ""
        # Only where they lead: the rest of a link may be a key.
        elsewhere = sorted({_shown_origin(link) for link in message.links})
        return f"its link leads to {' and '.join(elsewhere)}" if elsewhere else "there is no link in it"


@dataclass(frozen=True)
class Sight:
    """What one look at a mailbox showed; the awaited mail may be there several times."""

    awaited: Awaited
    messages: Sequence[Message]
    # All that a failure is to tell of, where that is more.
    everything: Callable[[], Iterable[Message]] | None = None
    # What was not looked into, and why.
    besides: str = ""

    @property
    def hers(self) -> list[Message]:
        """The mails that are the awaited one, the newest last."""
        found = [message for message in self.messages if not self.awaited.objection(message)]
        return sorted(found, key=lambda message: message.arrived)

    def __repr__(self) -> str:
        """Return what had come instead: senders, times, subjects, and why not; never what is within."""
        others = list(self.everything() if self.everything else self.messages)
        # Those to the right address tell most, then the newest.
        others.sort(key=lambda mail: (mail.to.lower() == self.awaited.to.lower(), mail.arrived), reverse=True)
        lines = ["other mail only:" if others else "no mail", *map(self._line, others[:SHOWN])]
        if len(others) > SHOWN:
            lines.append(f"{len(others) - SHOWN} more")
        return "\n  ".join([*lines, *filter(None, [self.besides])])

    def _line(self, mail: Message) -> str:
        why = self.awaited.objection(mail)
        return f"{_clock(mail.arrived)} from {mail.sender or '(nobody)'} to {mail.to}: {mail.subject!r} ({why})"


def await_mail(look: Callable[[], Sight], awaited: Awaited, within_s: float) -> list[Message]:
    """Return the mails that are the awaited one, the newest last; raises NotSeenError."""
    return eventually(look, lambda sight: sight.hers, what=str(awaited), within_s=within_s).hers


def _clock(moment: float) -> str:
    try:
        return datetime.fromtimestamp(moment).astimezone().strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return f"{moment:g}"


def _shown_origin(link: str) -> str:
    scheme, host, port = origin(link)
    return f"{scheme}://{host}:{port}" if host else "(nowhere)"
