"""The lock that scenarios, deploys and restores of one site share, held from here for as long as that takes."""

import getpass
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.commands import Command
from deploy.link import ALIVE_EVERY_S
from deploy.server import RemoteProcess, Server, ServerError
from deploy.site import Place

PROGRAM = Path(__file__).resolve().parent / "remote" / "hold_lock.py"
MARGIN_S = 10
# A link that was cut looks like silence on the other side.
SILENCE_S = 30


@contextmanager
def held(server: Server, place: Place, purpose: str, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the site's lock; raises ServerError that says who holds it and since when."""
    holder = f"{_user()}@{socket.gethostname()}, {purpose}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    argv = ("python3", "-c", PROGRAM.read_text(), str(place.database), holder, since, f"{wait_s:g}", f"{SILENCE_S:g}")
    process = server.open(Command(argv, says="Taking the site's lock", timeout_s=wait_s + MARGIN_S))
    done = threading.Event()
    try:
        said = _first_words(process, wait_s + MARGIN_S)
        if said != "held":
            raise ServerError(f"The site {place.site.name} is in use by {said}. Nothing was done.")
        server.take_turns(place.turns)
        threading.Thread(target=_show_life, args=(process, done), daemon=True).start()
        yield
    finally:
        done.set()
        process.close()


def _first_words(process: RemoteProcess, limit_s: float) -> str:
    try:
        said = process.read(limit_s).decode().strip()
    except OSError as error:
        raise ServerError(f"Taking the site's lock: {error or 'no answer'}") from error
    if not said:
        raise ServerError(f"Taking the site's lock: {process.last_words() or 'the connection was lost'}")
    return said


def _show_life(process: RemoteProcess, done: threading.Event) -> None:
    while not done.wait(ALIVE_EVERY_S):
        try:
            process.write(b"\n")
        except OSError:
            # The step that goes on meanwhile tells of it.
            return


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
