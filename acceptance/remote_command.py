"""Remote commands as data: a list of arguments each, which tests compare and nobody quotes by hand."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import IO

PATIENCE_S = 60.0
PIECE = 1 << 18
ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]*")


@dataclass(frozen=True)
class Command:
    """One program to run on a site's machine, by the account that logged in unless it says otherwise.

    There are no pipes and no redirections: a shell sees one quoted line. What is secret
    goes by `stdin`, for anyone on the machine can read arguments; it is not in the repr either.
    """

    argv: tuple[str, ...]
    says: str
    user: str | None = None
    sudo: bool = False
    stdin: str | bytes | IO[bytes] | None = field(default=None, repr=False)
    # How long it may be silent; None where that tells nothing, and only a link that is lost ends it.
    timeout_s: float | None = PATIENCE_S

    def __post_init__(self) -> None:
        if not self.argv or not self.argv[0]:
            raise ValueError("a command needs a program")
        if any("\0" in argument for argument in self.argv):
            raise ValueError(f"no argument can hold a NUL: {self.argv!r}")
        if self.sudo and self.user:
            raise ValueError(f"{self.argv[0]} runs as root or as {self.user}, not both")
        if self.user is not None and not ACCOUNT.fullmatch(self.user):
            raise ValueError(f"{self.user!r} is not an account's name")

    def pieces(self) -> Iterator[bytes]:
        """Yield what goes to its standard input, a piece at a time."""
        if isinstance(self.stdin, str):
            yield self.stdin.encode()
        elif isinstance(self.stdin, bytes):
            yield self.stdin
        elif self.stdin:
            yield from iter(lambda: self.stdin.read(PIECE), b"")  # type: ignore[union-attr]

    def arguments(self) -> list[str]:
        """Return all that is run, sudo included."""
        if self.sudo:
            return ["sudo", "--non-interactive", "--", *self.argv]
        if self.user:
            return ["sudo", "--non-interactive", f"--user={self.user}", "--", *self.argv]
        return list(self.argv)

    def line(self) -> str:
        """Return it as a shell takes it; nothing else here quotes."""
        return shlex.join(self.arguments())

    def as_root(self) -> "Command":
        """Return it run by root."""
        return replace(self, sudo=True, user=None)

    def as_user(self, user: str) -> "Command":
        """Return it run by this account."""
        return replace(self, sudo=False, user=user)

    def as_login(self) -> "Command":
        """Return it run by the account that logged in, as where that is root and there is no sudo."""
        return replace(self, sudo=False, user=None)
