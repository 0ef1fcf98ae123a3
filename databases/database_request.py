"""What a request for a database may say."""

import re
from dataclasses import dataclass, field
from typing import Any

from .errors import RefusedError

# A name, and never a path: nothing in it that a file system takes for more than that.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
# Of other characters, clients differ in how they prepare them for SCRAM.
PASSWORD = re.compile(r"[\x20-\x7e]{8,128}")
KEYS = ("storage_dir", "admin_password", "port")


@dataclass(frozen=True)
class Wanted:
    """A database that somebody asks for."""

    storage_dir: str
    admin_password: str = field(repr=False)
    port: int | None = None

    @classmethod
    def read(cls, asked: Any, ports: range) -> "Wanted":
        """Return what the JSON of a request asks for; raises RefusedError that tells all its mistakes."""
        if not isinstance(asked, dict):
            raise RefusedError(400, f"The body is no JSON object; allowed in it: {', '.join(KEYS)}")
        mistakes = [f"{str(key)[:40]!r} is not known; allowed: {', '.join(KEYS)}" for key in asked if key not in KEYS]
        if not _is(NAME, asked.get("storage_dir")):
            mistakes.append("storage_dir: a name of 1 to 63 of a-z, 0-9, - and _, which begins with a letter or digit")
        if not _is(PASSWORD, asked.get("admin_password")):
            # It is not repeated: it may be a real one.
            mistakes.append("admin_password: 8 to 128 printable ASCII characters")
        port = asked.get("port")
        if port is not None and (type(port) is not int or port not in ports):
            mistakes.append(f"port: a whole number from {ports[0]} to {ports[-1]}, or nothing for any that is free")
        if mistakes:
            raise RefusedError(400, "; ".join(mistakes))
        return cls(asked["storage_dir"], asked["admin_password"], port)


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
