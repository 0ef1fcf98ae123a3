"""What lies at a path of a site's machine: found out without taking a look that failed for an answer."""

import re
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server


def is_there(server: Server, path: PurePosixPath, *, account: str | None = None) -> bool:
    """Tell whether there is anything of this name, a link that leads nowhere included; raises ServerError."""
    return bool(_found(server, path, "-printf", "there", account=account))


def size_of(server: Server, path: PurePosixPath) -> int | None:
    """Return how many bytes a file has, or the one that a link leads to; None if there is none. Raises ServerError."""
    size = _found(server, path, "-printf", "%s", follow=True)
    return int(size) if size else None


def identity_of(server: Server, path: PurePosixPath) -> str:
    """Return what tells a file from another that takes its name; nothing if there is none. Raises ServerError."""
    return _found(server, path, "-printf", "%D:%i", follow=True)


def name_behind(server: Server, link: PurePosixPath) -> str:
    """Return the name of what a link leads to; nothing if there is no such link. Raises ServerError."""
    return PurePosixPath(_found(server, link, "-type", "l", "-printf", "%l")).name


def _found(server: Server, path: PurePosixPath, *told: str, follow: bool = False, account: str | None = None) -> str:
    # test, stat and readlink end in the same way where there is nothing and where that cannot be told. find lists
    # the folder, and fails where it cannot; the dot has a folder that is a link, or is not there, looked into as well.
    name = re.sub(r"([*?\[\\])", r"\\\1", path.name)
    # find fails, too, where it may not go back to the folder it began in: the home of whoever becomes another account.
    argv = ("env", "--chdir=/", "find", *(["-L"] if follow else []))
    found = (*argv, f"{path.parent}/.", "-maxdepth", "1", "-name", name, *told)
    return server.run(Command(found, says=f"Looking for {path}", user=account))
