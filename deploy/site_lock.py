"""The lock that scenarios, deploys and restores of one site share, held from here for as long as that takes."""

import getpass
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from acceptance.remote_command import Command
from acceptance.ssh import RemoteProcess, Server, ServerError
from acceptance.ssh_keepalive import ALIVE_EVERY_S
from deploy.remote.hold_lock import LEFT_RUNNING_S
from deploy.site_layout import Place

PROGRAM = Path(__file__).resolve().parent / "remote" / "hold_lock.py"
MARGIN_S = LEFT_RUNNING_S + 10
# A link that was cut looks like silence on the other side.
SILENCE_S = 30


@contextmanager
def held(server: Server, place: Place, purpose: str, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the site's lock, which each command on the server then has; raises ServerError that says who holds it."""
    holder = f"{_user()}@{socket.gethostname()}, {purpose}"
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    # By it a step finds its holder; it opens nothing to another account.
    token = secrets.token_hex(16)
    whose = json.dumps({"holder": holder, "since": since, "token": token})
    told = (str(place.database), whose, f"{wait_s:g}", f"{SILENCE_S:g}")
    argv = ("python3", "-c", PROGRAM.read_text(), *told)
    process = server.open(Command(argv, says="Taking the site's lock", timeout_s=wait_s + MARGIN_S))
    done = threading.Event()
    try:
        said = _first_words(process, wait_s + MARGIN_S)
        if said != "held":
            raise ServerError(f"The site {place.site.name} is in use by {said}. Nothing was done.")
        server.take_turns(place.turns, token)
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
            # The next step does not get the lock, and tells of it.
            return


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
