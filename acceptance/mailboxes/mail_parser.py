"""From the bytes of a mail to what its reader sees; no mail is too odd to be read."""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

from acceptance.mailboxes.base import Message

LINK = re.compile(r"https?://[^\s<>\"]+")
# What belongs to the sentence rather than to the link.
PUNCTUATION = ".,;:!?'()[]"
UNREADABLE = "(not readable)"


def read(source: bytes, arrived: float, received_by: Iterable[str] | None = None) -> Message:
    """Return a mail; `received_by` says to whom it was delivered, where that is better known than by its headers."""
    mail = _parsed(source)
    texts = list(_texts(mail))
    return Message(
        to=", ".join(_recipients(mail) if received_by is None else received_by),
        subject=_header(mail, "Subject"),
        body=texts[0][1] if texts else "",
        arrived=arrived,
        sender=_header(mail, "From"),
        links=tuple(link for kind, text in texts for link in _links(kind, text)),
    )


def told_time(source: bytes) -> float | None:
    """Return when the last server to take a mail says that it did, or else when it is said to have been sent."""
    mail = _parsed(source)
    for text in (_header(mail, "Received").rpartition(";")[2], _header(mail, "Date")):
        try:
            return parsedate_to_datetime(text.strip()).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _parsed(source: bytes) -> EmailMessage:
    return message_from_bytes(source, policy=policy.default)


def _header(mail: EmailMessage, name: str) -> str:
    """Return a header as one line, decoded; the first one of its name."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except Exception:  # noqa: BLE001 - the standard library's parser stumbles over some rubbish in its own ways
        return UNREADABLE


def _recipients(mail: EmailMessage) -> list[str]:
    try:
        headers: list[Any] = [header for name in ("To", "Cc") for header in mail.get_all(name, [])]
        return [address.addr_spec for header in headers for address in header.addresses]
    except Exception:  # noqa: BLE001 - as above
        return [UNREADABLE]


def _texts(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """Go through the texts that a reader is shown, each with its kind; plain ones first."""
    parts = [part for part in mail.walk() if not part.is_attachment()]
    for kind in ("plain", "html"):
        for part in parts:
            if part.get_content_type() == f"text/{kind}":
                yield kind, _content(part)


def _content(part: Any) -> str:
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except Exception:  # noqa: BLE001 - an unknown charset, or what is called base64 and is not
        return ""


def _links(kind: str, text: str) -> list[str]:
    if kind == "html":
        page = _Page()
        page.feed(text)
        return page.links
    return [link.rstrip(PUNCTUATION) for link in LINK.findall(text)]


class _Page(HTMLParser):
    """Collects where a page's links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
