"""The lock that scenarios, deploys and restores of one site share, held from here for as long as that takes."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from acceptance.remote_command import Command
from acceptance.ssh import KEEPALIVE_S, RemoteProcess, Server, ServerError
from acceptance.targets.fixture_channel import this_user
from deploy.remote.lock import LEFT_RUNNING_S
from deploy.remote_programs import program, source
from deploy.site_database import database_of
from deploy.site_layout import SiteLayout

MARGIN_S = LEFT_RUNNING_S + 10
# A link that was cut looks like silence to the server.
SILENCE_S = 30
TURN_WITHIN_S = 60


@contextmanager
def held(server: Server, layout: SiteLayout, purpose: str, *, wait_s: float = 0) -> Iterator[None]:
    """Hold the site's lock, which each command on the server then has; raises ServerError that says who holds it."""
    # By it a step finds its holder; it opens nothing to another account.
    token = secrets.token_hex(16)
    owner = {
        "holder": f"{this_user()}, {purpose}",
        "since": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "token": token,
    }
    arguments = (str(layout.database), json.dumps(owner), f"{wait_s:g}", f"{SILENCE_S:g}")
    process = server.open(
        program("lock", "hold", *arguments, *database_of(layout).locked_by, step="Taking the site's lock")
    )
    done = threading.Event()
    try:
        answer = _first_words(process, wait_s + MARGIN_S)
        if answer != "held":
            raise ServerError(f"The site {layout.site.name} is in use by {answer}. Nothing was done.")
        server.prepare = lambda command: with_lock(command, token, str(layout.turns))
        threading.Thread(target=_show_life, args=(process, done), daemon=True).start()
        yield
    finally:
        done.set()
        process.close()


def with_lock(command: Command, token: str, turns: str) -> Command:
    """Return a command that has the site's lock from its holder, and waits for a step that was given up.

    Where the lock was lost, nothing is run.
    """
    # What root runs is handed to systemd, and not left behind.
    turns = "" if command.sudo else turns
    limit_s = None if command.timeout_s is None else command.timeout_s + TURN_WITHIN_S
    argv = ("python3", "-I", "-S", "-c", source("with_lock"), token, turns, str(TURN_WITHIN_S), *command.arguments())
    return replace(command, argv=argv, sudo=False, user=None, timeout_s=limit_s)


def lock_state(server: Server, layout: SiteLayout) -> str:
    """Return who holds the lock on the database's file, and since when; or that it is free."""
    try:
        asked = (str(layout.database), *database_of(layout).locked_by)
        return server.run(program("lock", "state", *asked, step="Asking who holds the lock"))
    except ServerError as error:
        return f"unknown: {error}"


def _first_words(process: RemoteProcess, limit_s: float) -> str:
    try:
        answer = process.read(limit_s).decode().strip()
    except OSError as error:
        raise ServerError(f"Taking the site's lock: {error or 'no answer'}") from error
    if not answer:
        raise ServerError(f"Taking the site's lock: {process.last_words() or 'the connection was lost'}")
    return answer


def _show_life(process: RemoteProcess, done: threading.Event) -> None:
    while not done.wait(KEEPALIVE_S):
        try:
            process.write(b"\n")
        except OSError:
            # The next step does not get the lock, and tells of it.
            return
