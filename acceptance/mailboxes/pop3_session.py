"""One connection to a POP3 server: over TLS only, and over in good time."""

import poplib
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from acceptance.mailboxes.base import MailboxError
from acceptance.mailboxes.tls_connection import ANSWERED_WITHIN_S, cut_off, told, trust
from acceptance.waiting import NotReadyError

# What a server says when it would let the same login in at another time; RFC 2449, RFC 3206.
LATER = ("[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]")
# Some mail has lines longer than the 2,048 characters that poplib takes, and what cannot be read ends a connection.
LONGEST_LINE = 1024 * 1024
poplib._MAXLINE = LONGEST_LINE  # type: ignore[attr-defined]


class RefusedError(NotReadyError):
    """One mail that the server does not give, while the others may be had."""


@dataclass(frozen=True)
class Account:
    """Whose mailbox it is, and where."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    # Who vouches for the server, where the usual authorities do not.
    authority: Path | None = None

    def __str__(self) -> str:
        """Return where it is."""
        return f"the POP3 server {self.host}, port {self.port},"


class Session:
    """A mailbox as it lies there during one connection."""

    def __init__(self, server: poplib.POP3_SSL, account: Account) -> None:
        """Ask which mails there are."""
        self._server = server
        self._account = account
        self._numbers: dict[str, str] = {}
        for line in server.uidl()[1]:
            number, _, uid = line.decode("ascii", "replace").partition(" ")
            self._numbers[uid] = number

    @property
    def ids(self) -> list[str]:
        """The ids of the mails that are there, which stay the same from one connection to the next."""
        return list(self._numbers)

    def head(self, uid: str) -> bytes:
        """Return a mail's headers; raises RefusedError, as the next two do."""
        with self._of_one_mail():
            return b"\r\n".join(self._server.top(self._numbers[uid], 0)[1]) + b"\r\n\r\n"

    def whole(self, uid: str) -> bytes:
        """Return a mail."""
        with self._of_one_mail():
            return b"\r\n".join(self._server.retr(self._numbers[uid])[1])

    def delete(self, uid: str) -> None:
        """Have a mail deleted at the end of this connection."""
        with self._of_one_mail():
            self._server.dele(int(self._numbers[uid]))

    @contextmanager
    def _of_one_mail(self) -> Iterator[None]:
        try:
            yield
        except poplib.error_proto as error:
            if _is_refusal(error):
                raise RefusedError(f"{self._account} answers {_said(error)}") from error
            raise


class _Server(poplib.POP3_SSL):
    """A connection that is cut when it takes too long, its first words included."""

    def __init__(self, account: Account, limit_s: float, ends: ExitStack) -> None:
        self._limit_s, self._ends = limit_s, ends
        super().__init__(account.host, account.port, timeout=limit_s, context=trust(account.authority))

    def _create_socket(self, timeout: float) -> socket.socket:
        connection: socket.socket = super()._create_socket(timeout)  # type: ignore[misc] # poplib's own
        self._ends.enter_context(cut_off(connection, self._limit_s))
        # Not quit(): what was to be deleted is not, unless all went well.
        self._ends.callback(self._close_file_and_socket)
        return connection

    def _close_file_and_socket(self) -> None:
        with suppress(OSError):
            self.close()


@contextmanager
def session(account: Account, within_s: float) -> Iterator[Session]:
    """Connect, log in, and leave again.

    Raises NotReadyError for what another look may mend, MailboxError for what none will.
    """
    with told(str(account)):
        try:
            with ExitStack() as ends:
                server = _Server(account, min(within_s, ANSWERED_WITHIN_S), ends)
                _log_in(server, account)
                yield Session(server, account)
                server.quit()
        except poplib.error_proto as error:
            raise NotReadyError(f"{account} {_answer(error)}") from error


def _log_in(server: poplib.POP3_SSL, account: Account) -> None:
    try:
        server.user(account.user)
        server.pass_(account.password)
    except poplib.error_proto as error:
        said = _said(error)
        if _is_refusal(error) and not any(code in said.upper() for code in LATER):
            raise MailboxError(
                f"{account} refuses the login of {account.user}: {said.rstrip('.')}. "
                "The password is taken from MAILBOX_PASSWORD."
            ) from error
        raise


def _answer(error: poplib.error_proto) -> str:
    return "cannot be read: it ended the connection too early" if _is_end(error) else f"answers {_said(error)}"


def _is_refusal(error: poplib.error_proto) -> bool:
    return _said(error).startswith("-ERR") and not _is_end(error)


def _is_end(error: poplib.error_proto) -> bool:
    # The library's word for a connection that ended amid an answer.
    return _said(error) == "-ERR EOF"


def _said(error: poplib.error_proto) -> str:
    said = error.args[0] if error.args else "nothing"
    return said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
