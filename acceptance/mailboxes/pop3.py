"""Mail in a real mailbox, read by POP3 over TLS: looked at gently, and nothing of anybody else's deleted."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from acceptance.mailboxes.arrivals import Arrivals
from acceptance.mailboxes.base import Message, Route
from acceptance.mailboxes.mail_parser import read, told_time
from acceptance.mailboxes.mail_query import Awaited, Sight, await_mail
from acceptance.mailboxes.pop3_session import Account, RefusedError, Session, session
from acceptance.mailboxes.tls_connection import ANSWERED_WITHIN_S, persistently
from acceptance.waiting import NotReadyError

if TYPE_CHECKING:
    from acceptance.settings import Config

# Times in mails are in whole seconds.
RESOLUTION_S = 0.999


class Pop3Mailbox:
    """Reads what comes to one account, whatever else is in it."""

    refusal = ""

    def __init__(
        self, account: Account, *, wait_s: float, poll_s: float = 1.0, mail_server: Mapping[str, str] | None = None
    ) -> None:
        """Connect to nothing yet; `mail_server` is what a site is told of the server to send by."""
        self._account = account
        self._wait_s = wait_s
        self._poll_s = poll_s
        self._mail_server = mail_server or {}
        self._arrivals = Arrivals()
        # What has been read so far, by id: the headers, and then the whole of what may be the awaited mail.
        self._read: dict[str, Message] = {}
        self._whole: set[str] = set()
        self._trouble = ""
        self._connected_at = float("-inf")

    def route(self, folder: Callable[[], str]) -> Route:
        """Let the site send by the mail server that the run's environment names."""
        authority = self._account.authority
        return Route(self._mail_server, authority=authority.read_text() if authority else "")

    def mark(self) -> float:
        """Look which mails are there already; return the moment after that."""
        # Somebody else may be at it, and another look is not made at once.
        within_s = self._poll_s + min(self._wait_s, ANSWERED_WITHIN_S)
        return persistently(self._mark, f"a look into the mailbox of {self._account.user}", within_s)

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one, and delete those from the server."""
        awaited = Awaited(to, subject, after, site)
        return await_mail(lambda: self._look(awaited), awaited, self._wait_s)[-1]

    def close(self) -> None:
        """Do nothing: no connection outlasts a look."""

    @property
    def _rested(self) -> bool:
        return time.monotonic() - self._connected_at >= self._poll_s

    def _mark(self) -> float:
        if not self._rested:
            raise NotReadyError(self._trouble or "it is too early for another look")
        self._attempt(lambda _: None)
        return self._arrivals.looked_at

    def _look(self, awaited: Awaited) -> Sight:
        """Return what is known, after another look at the server if the last one is long enough ago."""
        if self._rested:
            with suppress(NotReadyError):
                self._attempt(lambda there: self._take(there, awaited))
        sight = self._sight(awaited)
        if self._trouble and not sight.hers:
            raise NotReadyError(self._trouble)
        return sight

    def _attempt(self, what: Callable[[Session], None]) -> None:
        """Do something with the mailbox as it lies there now; raises NotReadyError, which is kept, and MailboxError."""
        self._connected_at, began = time.monotonic(), time.time()
        try:
            with session(self._account, self._wait_s) as there:
                self._arrivals.note(there.ids, began)
                self._trouble = ""
                what(there)
        except NotReadyError as error:
            self._trouble = str(error)
            raise

    def _take(self, there: Session, awaited: Awaited) -> None:
        """Read what may be awaited, and have it deleted if it is; what was read is kept, should the connection end."""
        for uid in self._arrivals.since(awaited.after):
            if uid in there.ids:
                try:
                    self._take_one(there, uid, awaited)
                except RefusedError as error:
                    # Another run may have taken this one out meanwhile; the others are there still.
                    self._trouble = str(error)

    def _take_one(self, there: Session, uid: str, awaited: Awaited) -> None:
        if uid not in self._read:
            self._read[uid] = self._message(uid, there.head(uid))
        if awaited.objection_to_head(self._read[uid]):
            return
        if uid not in self._whole:
            self._read[uid] = self._message(uid, there.whole(uid))
            self._whole.add(uid)
        if not awaited.objection(self._read[uid]):
            there.delete(uid)

    def _message(self, uid: str, source: bytes) -> Message:
        told = told_time(source)
        return read(source, self._arrivals.time_of(uid, None if told is None else told + RESOLUTION_S))

    def _sight(self, awaited: Awaited) -> Sight:
        since = self._arrivals.since(awaited.after)
        older = self._arrivals.count - len(since)
        besides = f"{older} older, which were not looked into" if older else ""
        return Sight(awaited, [self._read[uid] for uid in since if uid in self._read], besides=besides)


def opened(config: "Config", _: Callable[..., str]) -> Pop3Mailbox:
    """Return the mailbox of a run."""
    account = Account(
        config.mailbox_host, config.mailbox_port, config.mailbox_user, config.mailbox_password, config.mailbox_ca
    )
    return Pop3Mailbox(account, wait_s=config.mailbox_wait, poll_s=config.mailbox_poll, mail_server=config.mail_server)
