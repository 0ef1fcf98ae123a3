"""Mail in a catcher, which takes mail to anyone and shows it over HTTP; maildev is one."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from acceptance.mailboxes.arrivals import Arrivals
from acceptance.mailboxes.base import Message, Route
from acceptance.mailboxes.catcher_api import Catcher
from acceptance.mailboxes.mail_parser import read
from acceptance.mailboxes.mail_query import Awaited, Sight, await_mail
from acceptance.mailboxes.tls_connection import ANSWERED_WITHIN_S, persistently

if TYPE_CHECKING:
    from acceptance.settings import Config

# What maildev calls those to whom a mail was delivered.
RECIPIENT = "envelope.to.address"
RESOLUTION_S = 0.999


class CatcherMailbox:
    """Reads what was caught, and leaves it there for people to look at."""

    refusal = ""

    def __init__(self, catcher: Catcher, *, wait_s: float, mail_server: Mapping[str, str] | None = None) -> None:
        """Ask for nothing yet; `mail_server` is what a site is told of the server to send by."""
        self._catcher = catcher
        self._wait_s = wait_s
        self._mail_server = mail_server or {}
        self._arrivals = Arrivals()
        self._read: dict[str, Message] = {}

    def route(self, folder: Callable[[], str]) -> Route:
        """Let the site send by the mail server that the run's environment names."""
        authority = self._catcher.authority
        return Route(self._mail_server, authority=authority.read_text() if authority else "")

    def mark(self) -> float:
        """Look which mails are there already; return the moment after that."""
        persistently(self._all, f"a look into {self._catcher}", min(self._wait_s, ANSWERED_WITHIN_S))
        return self._arrivals.looked_at

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one."""
        awaited = Awaited(to, subject, after, site)
        return await_mail(lambda: self._look(awaited), awaited, self._wait_s)[-1]

    def close(self) -> None:
        """Do nothing: no connection outlasts a look."""

    def _look(self, awaited: Awaited) -> Sight:
        """Ask for the mails to this address alone: there may be thousands to others."""
        began = time.time()
        mails = self._catcher.mails({RECIPIENT: awaited.to})
        self._arrivals.note(map(_id, mails), began, all_there_are=False)
        # Of the others it is known that they came too early; each would take a request.
        new = set(self._arrivals.since(awaited.after))
        looked_at = [self._whole(mail) if _id(mail) in new else self._head(mail) for mail in mails]
        return Sight(awaited, looked_at, everything=self._everything)

    def _all(self) -> list[dict[str, Any]]:
        began = time.time()
        mails = self._catcher.mails()
        self._arrivals.note(map(_id, mails), began)
        return mails

    def _whole(self, mail: dict[str, Any]) -> Message:
        if _id(mail) not in self._read:
            source = self._catcher.source(_id(mail))
            self._read[_id(mail)] = read(source, self._arrivals.time_of(_id(mail), _told(mail)), _recipients(mail))
        return self._read[_id(mail)]

    def _everything(self) -> list[Message]:
        """Return what is told of all mails there are, for a failure."""
        return [self._read.get(_id(mail)) or self._head(mail) for mail in self._all()]

    def _head(self, mail: dict[str, Any]) -> Message:
        senders = [str(sender.get("address")) for sender in mail.get("from") or []]
        arrived = self._arrivals.time_of(_id(mail), _told(mail))
        to = ", ".join(_recipients(mail) or [])
        return Message(to, str(mail.get("subject", "")), "", arrived, ", ".join(senders))


def _id(mail: dict[str, Any]) -> str:
    return str(mail["id"])


def _recipients(mail: dict[str, Any]) -> list[str] | None:
    """Return to whom a mail was delivered, if that is told."""
    try:
        return [str(recipient["address"]) for recipient in mail["envelope"]["to"]]
    except (KeyError, TypeError):
        return None


def _told(mail: dict[str, Any]) -> float | None:
    """Return when it is said to have come, in the catcher's own time."""
    try:
        return datetime.fromisoformat(str(mail["time"])).timestamp() + RESOLUTION_S
    except (KeyError, ValueError):
        return None


def opened(config: "Config", _: Callable[..., str]) -> CatcherMailbox:
    """Return the mailbox of a run."""
    catcher = Catcher(
        config.mailbox_url,
        config.mailbox_user,
        config.mailbox_password,
        config.mailbox_ca,
        min(config.mailbox_wait, ANSWERED_WITHIN_S),
    )
    return CatcherMailbox(catcher, wait_s=config.mailbox_wait, mail_server=config.mail_server)
