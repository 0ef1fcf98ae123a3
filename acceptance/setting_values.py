"""What the values of a run's settings can be: each parser raises ValueError that says what is allowed."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

MAX_SEED = 2**32 - 1
MAX_PORT = 65535
CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")


def one_of(allowed: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a parser that takes the names of `allowed` and gives their values."""

    def parse(text: str) -> Any:
        if text.lower() not in allowed:
            raise ValueError(f"{text!r} is not known; allowed: {', '.join(allowed)}")
        return allowed[text.lower()]

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a parser of times within these limits."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not least <= value <= most:
            raise ValueError(f"{text!r} is not a time; allowed: {least:g} to {most:g} (seconds)")
        return value

    return parse


def web_address(example: str, login: str) -> Callable[[str], str]:
    """Return a parser of addresses, or of nothing where none is meant; `login` says where a login belongs."""

    def parse(text: str) -> str:
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
        return text

    return parse


def container(text: str) -> str:
    """Return a container's name, or what asks for one."""
    if not CONTAINER_NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a container's name; allowed: new, running, or a name such as superlists")
    return text


def port(text: str) -> int | None:
    """Return a port, or nothing for any that is free."""
    if text == "free":
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PORT:
        return int(text)
    raise ValueError(f"{text!r} is not a port; allowed: free, or 1 to {MAX_PORT}")


def seed(text: str) -> int | None:
    """Return the seed of an order, or nothing for the order of the files."""
    if text == "off":
        return None
    if text == "random":
        return random.randrange(MAX_SEED)  # noqa: S311 - an order, not a secret
    if text.isascii() and text.isdigit() and int(text) <= MAX_SEED:
        return int(text)
    raise ValueError(f"{text!r} is not an order; allowed: random, off, or a whole number up to {MAX_SEED}")


def a_name(text: str) -> str:
    """Return the name of a target; which there are is for the table of targets and the sites file to say."""
    return text.lower()
