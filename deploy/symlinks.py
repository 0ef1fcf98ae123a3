"""Symbolic links on a site's machine, read."""

from pathlib import PurePosixPath

from deploy.commands import Command
from deploy.server import Server


def name_behind(server: Server, link: PurePosixPath) -> str:
    """Return the name of what a link leads to; nothing if there is no such link. Raises ServerError."""
    # readlink fails in the same way where there is none and where it cannot be told.
    only = ("-maxdepth", "1", "-name", link.name, "-type", "l")
    asked = Command(("find", str(link.parent), *only, "-printf", "%l"), says=f"Reading {link}")
    return PurePosixPath(server.run(asked)).name
