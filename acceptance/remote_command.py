"""Commands for a site's server as data: a list of arguments each, which nobody quotes by hand."""

import shlex
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import IO

TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Command:
    """One program to run on a site's server, by the account that logged in unless it says otherwise.

    There are no pipes and no redirections: a shell sees quoted lines. Secrets go by `stdin`, because every
    account of the server can read arguments; it is not in the repr either.
    """

    argv: tuple[str, ...]
    # What it is called in messages, such as "Making the folder".
    step: str
    user: str | None = None
    sudo: bool = False
    stdin: str | bytes | IO[bytes] = field(default="", repr=False)
    # None for what has to come to its end however long it takes; then only a lost link ends it.
    timeout_s: float | None = TIMEOUT_S

    def arguments(self) -> list[str]:
        """Return all that is run, sudo included; sudo never asks for a password, which would be read from `stdin`."""
        if self.sudo:
            return ["sudo", "--non-interactive", "--", *self.argv]
        if self.user:
            return ["sudo", "--non-interactive", f"--user={self.user}", "--", *self.argv]
        return list(self.argv)

    def line(self) -> str:
        """Return it as a shell takes it; nothing else here quotes."""
        return shlex.join(self.arguments())

    def input(self) -> IO[bytes]:
        """Return what is written to its standard input."""
        content = self.stdin.encode() if isinstance(self.stdin, str) else self.stdin
        return BytesIO(content) if isinstance(content, bytes) else content

    def then(self, *others: "Command") -> "Command":
        """Return one step that runs this and then the others, up to the first that fails.

        All run as one account, that of this one, and at most one of them has an input.
        """
        commands = (self, *others)
        line = " && ".join(shlex.join(each.argv) for each in commands)
        stdin = next((each.stdin for each in commands if each.stdin), "")
        limits_s = [each.timeout_s for each in commands]
        timeout_s = sum(filter(None, limits_s)) if all(limits_s) else None
        return replace(self, argv=("sh", "-c", line), stdin=stdin, timeout_s=timeout_s)

    def as_user(self, user: str) -> "Command":
        """Return it run by this account."""
        return replace(self, sudo=False, user=user)
