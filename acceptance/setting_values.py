"""How the values of settings are read, where pydantic alone would not do."""

import random
import re
import socket
import ssl
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

# Where a site listens that this machine alone reaches.
LOOPBACK = "loopback"
MAX_SEED = 2**32 - 1
Port = Annotated[int, Field(ge=1, le=65535, description="1 to 65535")]
Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]


def one_of(*names: str, **values: Any) -> BeforeValidator:
    """Read one of these names, which stand for themselves, or of those that stand for other values."""
    allowed = {name: name for name in names} | {name.replace("_", "-"): value for name, value in values.items()}

    def read(text: str) -> Any:
        if text.lower() not in allowed:
            raise ValueError(f"{text!r} is not known; allowed: {', '.join(allowed)}")
        return allowed[text.lower()]

    return BeforeValidator(read)


def none_if(name: str) -> BeforeValidator:
    """Read None where the text is this name."""
    return BeforeValidator(lambda text: None if text == name else text)


def seconds(least: float, most: float) -> Any:
    """Read a time within these limits."""
    return Field(ge=least, le=most, description=f"{least:g} to {most:g} (seconds)")


def web_address(example: str, login: str) -> BeforeValidator:
    """Read an address, or nothing where none is meant; `login` says where a login belongs."""

    def read(text: str) -> str:
        try:
            parts = urlsplit(text)
            port_fits = parts.port != 0
        except ValueError:
            parts, port_fits = urlsplit(""), False
        if parts.password or parts.username:
            # Not repeated: what should have stayed out of it may be in it.
            raise ValueError(f"it holds a login; allowed: {login}")
        whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        if text and not (whole and port_fits):
            raise ValueError(f"{text!r} is not an address; allowed: such as {example}")
        return text.rstrip("/")

    return BeforeValidator(read)


def own_host(text: str) -> str:
    """Return a host at which others reach this machine; raises ValueError where it is none, or stands for all."""
    if text == LOOPBACK:
        return text
    try:
        address = socket.gethostbyname(text)
        socket.create_server((address, 0)).close()
    except OSError as error:
        allowed = f"{LOOPBACK}, or a host name or an IPv4 address of this machine"
        raise ValueError(
            f"{text!r} is no address of this machine ({error.strerror or error}); allowed: {allowed}"
        ) from error
    if address == "0.0.0.0":  # noqa: S104 - only compared
        raise ValueError(f"{text!r} stands for all addresses of this machine; allowed: one of them")
    return text


def order_seed(text: str = "random") -> Any:
    """Return a new seed for `random`, None for `off`, which is the order of the files, and other text as it is."""
    if text == "random":
        return random.randrange(MAX_SEED)  # noqa: S311 - an order, not a secret
    return None if text == "off" else text


def shard_number(text: str) -> tuple[int, int]:
    """Return which part of the scenarios is meant, counted from 1, and of how many."""
    parts = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    number, count = map(int, parts.groups()) if parts else (0, 0)
    if not 1 <= number <= count:
        raise ValueError(f"{text!r} is not known; allowed: 1/1 (all scenarios), or a part of them such as 2/5")
    return number, count


def certificate_file(text: str) -> Path | None:
    """Return the file of an authority that vouches for servers; nothing where none is meant."""
    if not text:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except (OSError, ValueError) as error:
        raise ValueError(f"{text!r} is no file of certificates: {error}") from error
    return Path(text)
