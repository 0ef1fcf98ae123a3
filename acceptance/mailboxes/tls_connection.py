"""What connections to a mailbox have in common: whom they trust, and that they end."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from acceptance.mailboxes.base import MailboxError
from acceptance.waiting import NotReadyError, NotSeenError, eventually

ANSWERED_WITHIN_S = 10.0

Seen = TypeVar("Seen")


def trust(authority: Path | None) -> ssl.SSLContext:
    """Return what verifies a server's certificate, by this authority besides the usual ones."""
    trusted = ssl.create_default_context()
    if authority:
        trusted.load_verify_locations(authority)
    return trusted


@contextmanager
def cut_off(connection: socket.socket, within_s: float) -> Iterator[None]:
    """End a connection that is still in use after so long, however busily it drips; raises TimeoutError then."""
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError):
            # Not the method of a TLS connection, which is in the midst of reading in another thread.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(within_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if cut.is_set():
            raise TimeoutError(f"not done within {within_s:g} s") from error
        raise
    finally:
        timer.cancel()


@contextmanager
def told(where: str) -> Iterator[None]:
    """Tell what goes wrong with a server: NotReadyError where another look may do, MailboxError where none will."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(
            f"The certificate of {where} is not trusted: {error.verify_message.rstrip('.')}. "
            "The authority that vouches for it, where the usual ones do not: -D mailbox.ca=FILE"
        ) from error
    except TimeoutError as error:
        raise NotReadyError(f"{where} does not answer in time: {error}") from error
    except (OSError, EOFError) as error:
        raise NotReadyError(f"{where} cannot be read: {error}") from error


def persistently(look: Callable[[], Seen], what: str, within_s: float) -> Seen:
    """Return what a look shows once it can be had; raises MailboxError."""
    try:
        return eventually(look, lambda _: True, what=what, within_s=within_s)
    except NotSeenError as error:
        raise MailboxError(str(error)) from error
