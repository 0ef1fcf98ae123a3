"""The lock that scenarios, deploys and restores of one site share, held from here for as long as that takes."""

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.commands import Command
from deploy.server import Server, ServerError
from deploy.site import Place

PROGRAM = Path(__file__).resolve().parent / "remote" / "hold_lock.py"
MARGIN_S = 10


@contextmanager
def held(server: Server, place: Place, purpose: str, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the site's lock; raises ServerError that says who holds it and since when."""
    holder = f"{_user()}@{socket.gethostname()}, {purpose}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    argv = ("python3", "-c", PROGRAM.read_text(), str(place.lock), holder, since, f"{wait_s:g}")
    process = server.open(Command(argv, says="Taking the site's lock", timeout_s=wait_s + MARGIN_S))
    try:
        said = process.read(wait_s + MARGIN_S).decode().strip()
        if said != "held":
            raise ServerError(
                f"The site {place.site.name} is in use by {said or process.last_words()}. Nothing was done."
            )
        yield
    finally:
        process.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
