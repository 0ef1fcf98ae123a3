"""What the values of a mailbox's settings can be: each parser raises ValueError that says what is allowed."""

import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path

from acceptance.mailboxes.addresses import DEFAULT, FIELDS, filled
from acceptance.setting_values import MAX_PORT, seconds, web_address

USUAL = "default"
PASSWORD = "MAILBOX_PASSWORD"  # noqa: S105 - its name
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64
a_url = web_address("http://localhost:1080", f"mailbox.user, and {PASSWORD}")


def a_text(text: str) -> str:
    """Return it."""
    return text


def a_port(text: str) -> int:
    """Return the port of a mail server."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PORT:
        return int(text)
    raise ValueError(f"{text!r} is not a port; allowed: 1 to {MAX_PORT}")


def an_address(text: str) -> str:
    """Return the pattern of the addresses that scenarios have of their own."""
    try:
        made = {filled(text, name, run, number) for name in "ab" for run in "cd" for number in (1, 2)}
        longest = Address(addr_spec=filled(text, "onesiphorus", "0" * 8, 9999))
    except (LookupError, ValueError, AttributeError, HeaderParseError):
        made, longest = set(), Address()
    fits = len(longest.addr_spec) <= LONGEST_ADDRESS and len(longest.username) <= LONGEST_LOCAL_PART
    if len(made) < 2 ** len(FIELDS) or not longest.domain or not fits:
        raise ValueError(
            f"{text!r} is not a pattern of addresses; allowed: one with {{name}}, {{run}} and {{number}} "
            f"in it, such as {DEFAULT}"
        )
    return text


def a_file(text: str) -> Path | None:
    """Return the file of an authority that vouches for mail servers; nothing where none is meant."""
    if not text:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except (OSError, ValueError) as error:
        raise ValueError(f"{text!r} is no file of certificates: {error}") from error
    return Path(text)


def a_wait(text: str) -> float | None:
    """Return how long to wait for a mail, if not as long as is usual."""
    return None if text == USUAL else seconds(0.1, 600)(text)
