"""What the values of settings can be: each reader raises ValueError with a sentence that says what is allowed."""

import random
import re
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator

MAX_SEED = 2**32 - 1
MAX_PORT = 65535
CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


def one_of(*names: str, **values: Any) -> Callable[[str], Any]:
    """Return a reader of these names, which stand for themselves, and of those that stand for other values."""
    allowed = {name: name for name in names} | {name.replace("_", "-"): value for name, value in values.items()}

    def read(text: str) -> Any:
        if text.lower() not in allowed:
            raise ValueError(f"{text!r} is not known; allowed: {', '.join(allowed)}")
        return allowed[text.lower()]

    return read


def seconds(least: float, most: float, **instead: float | None) -> Callable[[str], float | None]:
    """Return a reader of times within these limits, and of names that stand for a value."""

    def read(text: str) -> float | None:
        if text in instead:
            return instead[text]
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not least <= value <= most:
            raise ValueError(f"{text!r} is not a time; allowed: {least:g} to {most:g} (seconds)")
        return value

    return read


def web_address(example: str, login: str) -> Callable[[str], str]:
    """Return a reader of addresses, or of nothing where none is meant; `login` says where a login belongs."""

    def read(text: str) -> str:
        try:
            parts = urlsplit(text)
            port_fits = parts.port != 0
        except ValueError:
            parts, port_fits = urlsplit(""), False
        if parts.password or parts.username:
            # Not repeated: what should have stayed out of it may be in it.
            raise ValueError(f"it holds a login; allowed: {login} in the environment")
        whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        if text and not (whole and port_fits):
            raise ValueError(f"{text!r} is not an address; allowed: such as {example}")
        return text.rstrip("/")

    return read


def container(text: str) -> str:
    """Return a container's name, or what asks for one."""
    if not CONTAINER_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a container's name; allowed: new, or the name of one that runs")
    return text


def port(*, free: bool = False) -> Callable[[str], int | None]:
    """Return a reader of ports; `free` allows nothing (None) for any that nobody uses."""

    def read(text: str) -> int | None:
        if free and text == "free":
            return None
        if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PORT:
            return int(text)
        raise ValueError(f"{text!r} is not a port; allowed: {'free, or ' * free}1 to {MAX_PORT}")

    return read


def order_seed(text: str) -> int | None:
    """Return the seed of an order, or nothing for the order of the files."""
    if text == "off":
        return None
    if text == "random":
        return random.randrange(MAX_SEED)  # noqa: S311 - an order, not a secret
    if text.isascii() and text.isdigit() and int(text) <= MAX_SEED:
        return int(text)
    raise ValueError(f"{text!r} is not an order; allowed: random, off, or a whole number up to {MAX_SEED}")


def certificate_file(text: str) -> Path | None:
    """Return the file of an authority that vouches for servers; nothing where none is meant."""
    if not text:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except (OSError, ValueError) as error:
        raise ValueError(f"{text!r} is no file of certificates: {error}") from error
    return Path(text)


def read_by(reader: Callable[[str], Any]) -> BeforeValidator:
    """Return what lets a field of a pydantic model be read from text by `reader`."""
    return BeforeValidator(lambda value: reader(value) if isinstance(value, str) else value)
