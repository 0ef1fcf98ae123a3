"""The kinds of values in the sites file, and what each of them allows."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_PORT = 65535
MAX_HOST = 253
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# 127.1, 0x7f000001 and 2130706433 are addresses to a resolver: one machine under many names.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Kind:
    """What is allowed, in words, and how it is read: as None when it is something else."""

    allowed: str
    parse: Callable[[object], Any]
    quoted: bool = True


def one_of(*names: str) -> Kind:
    """Return the kind that is one of these words."""
    return Kind(" or ".join(names), lambda value: value if value in names else None)


def other_than(user: str | None) -> Kind:
    """Return the kind that is an account, and not this one."""
    allowed = "the name of an account that may become root, such as debian, and is not the one that deploys"
    return Kind(allowed, lambda value: _account(value) if value != user else None)


def path_from(folder: Path) -> Kind:
    """Return the kind that is a path, where relative ones begin at this folder."""

    def parse(value: object) -> Path | None:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            return None
        try:
            return folder / Path(value).expanduser()
        except RuntimeError:  # the home of somebody unknown
            return None

    # Not quoted: it may be the key itself, pasted.
    return Kind("the path of a file, such as ~/.ssh/superlists-staging", parse, quoted=False)


def _host(value: object) -> str | None:
    return _address(value) or _name(value)


def _web_host(value: object) -> str | None:
    host = _host(value)
    # The site's own DJANGO_ALLOWED_HOST takes no colon.
    return None if host and ":" in host else host


def _port(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 1 <= value <= MAX_PORT else None


def _account(value: object) -> str | None:
    return value if isinstance(value, str) and ACCOUNT.fullmatch(value) else None


def _user(value: object) -> str | None:
    return None if value == "root" else _account(value)


def _address(value: object) -> str | None:
    try:
        address = ipaddress.ip_address(value) if isinstance(value, str) and "%" not in value else None
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return None if address is None else str(mapped or address)


def _name(value: object) -> str | None:
    name = value.lower().removesuffix(".") if isinstance(value, str) else ""
    labels = name.split(".")
    if len(name) > MAX_HOST or not all(LABEL.fullmatch(label) for label in labels) or NUMBER.fullmatch(labels[-1]):
        return None
    return name


HOST = Kind("a host name such as lists.example.com, or an IP address", _host)
WEB_HOST = Kind("a host name such as lists.example.com, or an IPv4 address; no scheme, port or path", _web_host)
PORT = Kind(f"a whole number from 1 to {MAX_PORT}", _port)
USER = Kind("the name of an account that is not root, such as deployer", _user)
