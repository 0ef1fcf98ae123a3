"""What every way of reading mail offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


class MailboxError(Exception):
    """A mailbox that cannot be read, and will not be by waiting."""


@dataclass(frozen=True)
class Message:
    """A mail as its reader sees it; `arrived` is in seconds since the epoch.

    `to` holds all who received it. Body and links are left out when a message is
    shown: a failure is no place for a login link.
    """

    to: str
    subject: str
    body: str = field(repr=False)
    arrived: float
    sender: str = ""
    links: tuple[str, ...] = field(default=(), repr=False)

    def links_to(self, site: str) -> list[str]:
        """Return the links that lead to `site`, of its scheme, its host and its port."""
        return [link for link in self.links if origin(link) == origin(site)]


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None


@dataclass(frozen=True)
class Route:
    """What has to be done to a site that the run makes, so that its mail arrives."""

    # Variables for the site.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    # Who vouches for the mail server, as PEM, where the site's machine knows it not.
    authority: str = field(default="", repr=False)
    # The port of this machine's own loopback that the site has to reach at its own, if any.
    port: int = 0
    # What a site in this process puts its mail into instead of sending it.
    outbox: list[Any] | None = None


class Mailbox(Protocol):
    """Where the site's mail arrives."""

    # Why no mail can be read, so that scenarios that need some are skipped; empty where it can.
    refusal: str

    def route(self, folder: Callable[[], str]) -> Route:
        """Get ready for the mail of a site that the run makes; return what that site is to be told.

        `folder` names one that the site can write to, made if need be.
        """

    def mark(self) -> float:
        """Return the moment from which mail is new, in seconds since the epoch by the mailbox's own clock.

        Raises MailboxError where the mailbox cannot be read.
        """

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest mail to `to` alone, with this subject, that arrived after a moment.

        `after` is what mark() returned. Where a `site` is named, only a mail with a link
        to it will do. Raises NotSeenError that says what was awaited and what had come
        instead, MailboxError where waiting is of no use.
        """

    def close(self) -> None:
        """End what route() began; safe to call twice."""
