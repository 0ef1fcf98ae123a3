"""How one service is set up: read once from the environment, with all mistakes told at once."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEAST_PORT, LAST_PORT = 1024, 65535
LEAST_MEMORY_MB = 64


class SettingsError(Exception):
    """Settings that nothing can be started with; one line for each mistake."""


@dataclass(frozen=True)
class Settings:
    """Where databases are kept, and what each may use.

    `listen` is the address of this machine that their ports are published at, and `host`
    what clients are told to connect to (the same, unless it is named). Only with `durable`
    does what was committed outlive a loss of power. `labels` are set on containers besides
    those of this package.
    """

    root: Path
    image: str = "databases-postgres"
    listen: str = "127.0.0.1"
    host: str = ""
    # Below those that a system gives to outgoing connections.
    ports: range = range(20000, 21000)
    limit: int = 20
    memory_mb: int = 256
    durable: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def told_host(self) -> str:
        """What clients connect to."""
        return self.host or self.listen

    @property
    def looked_at(self) -> str:
        """The address at which this machine itself reaches the databases."""
        return "127.0.0.1" if ipaddress.ip_address(self.listen).is_unspecified else self.listen

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Return what DATABASES_… say; raises SettingsError that names each mistake and what is allowed."""
        values: dict[str, Any] = {}
        mistakes = []
        for name, (variable, parse) in VARIABLES.items():
            if variable in environ:
                try:
                    values[name] = parse(environ[variable].strip())
                except ValueError as error:
                    mistakes.append(f"{variable}: {environ[variable]!r} is not {error}")
        if "DATABASES_ROOT" not in environ:
            mistakes.append("DATABASES_ROOT: is not set; it is the folder that everything is kept in")
        if (
            not mistakes
            and not values.get("host")
            and ipaddress.ip_address(values.get("listen", "127.0.0.1")).is_unspecified
        ):
            mistakes.append("DATABASES_HOST: is needed where DATABASES_LISTEN means every address")
        if mistakes:
            raise SettingsError("\n".join(mistakes))
        return cls(**values)


def _folder(text: str) -> Path:
    if not text.startswith("/"):
        raise ValueError("a folder's full path")
    return Path(text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise ValueError("an IPv4 address of this machine, such as 127.0.0.1") from None


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}", text):
        raise ValueError("a host's name or address")
    return text


def _image(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][\w./:@-]{0,250}", text):
        raise ValueError("an image's name")
    return text


def _ports(text: str) -> range:
    if found := re.fullmatch(r"(\d{1,5})-(\d{1,5})", text, re.ASCII):
        first, last = int(found[1]), int(found[2])
        if LEAST_PORT <= first <= last <= LAST_PORT:
            return range(first, last + 1)
    raise ValueError(f"a range within {LEAST_PORT}-{LAST_PORT}, such as 20000-20999")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return int(text)

    return parse


def _labels(text: str) -> dict[str, str]:
    labels = dict(each.partition("=")[::2] for each in text.split(",")) if text else {}
    if not all(name and not name.startswith("databases.") for name in labels):
        raise ValueError("a list such as team=lists,stage=ci, in which no name begins with databases.")
    return labels


VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "root": ("DATABASES_ROOT", _folder),
    "image": ("DATABASES_IMAGE", _image),
    "listen": ("DATABASES_LISTEN", _address),
    "host": ("DATABASES_HOST", _host),
    "ports": ("DATABASES_PORTS", _ports),
    "limit": ("DATABASES_LIMIT", _whole(1, 1000)),
    "memory_mb": ("DATABASES_MEMORY_MB", _whole(LEAST_MEMORY_MB, 1_000_000)),
    "labels": ("DATABASES_LABELS", _labels),
}
