"""A mail as its reader sees it, made from the bytes of any mail, however odd."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
LINK = re.compile(r"https?://[^\s<>\"]+")
# What belongs to the sentence rather than to the link.
PUNCTUATION = ".,;:!?'()[]"
UNREADABLE = "(not readable)"


@dataclass(frozen=True)
class Message:
    """A mail; `arrived` is in seconds since the epoch, by the clock of its mailbox.

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
    """Return scheme, host and port of a URL."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None


def read_message(source: bytes, arrived: float, recipients: Iterable[str] | None = None) -> Message:
    """Return a mail; `recipients` are those of its envelope, where they are known: its headers may differ."""
    mail = message_from_bytes(source, policy=policy.default)
    texts = list(filter(None, [_readable(lambda: _text(mail, "plain")), _readable(lambda: _text(mail, "html"))]))
    return Message(
        to=", ".join(recipients) if recipients is not None else _readable(lambda: ", ".join(_addresses(mail))),
        subject=_readable(lambda: _header(mail, "Subject")),
        body=texts[0] if texts else "",
        arrived=arrived,
        sender=_readable(lambda: _header(mail, "From")),
        links=tuple(link.rstrip(PUNCTUATION) for text in texts for link in LINK.findall(unescape(text))),
    )


def _readable(read: Callable[[], str]) -> str:
    try:
        return read()
    except Exception:  # noqa: BLE001 - the standard library's parser fails on some rubbish in its own ways
        return UNREADABLE


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header as one line, decoded; the first one of its name."""
    return " ".join(str(mail.get(name, "")).split())


def _addresses(mail: EmailMessage) -> Iterable[str]:
    headers = [header for name in ("To", "Cc") for header in mail.get_all(name, [])]
    return [address.addr_spec for header in headers for address in header.addresses]


def _text(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
