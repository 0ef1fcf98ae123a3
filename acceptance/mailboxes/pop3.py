"""Mail in a real mailbox, read by POP3 over TLS; nothing of anybody else's is deleted."""

import poplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

from acceptance.mailboxes.base import MailQuery, Match
from acceptance.mailboxes.external_base import ExternalMailbox
from acceptance.mailboxes.message import Message, read_message
from acceptance.settings import Settings
from acceptance.waiting import NotReadyError

# What a server says when it would let the same login in at another time; RFC 2449, RFC 3206.
LATER = ("[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]")
# Some mail has lines longer than the 2,048 characters that poplib takes, and what cannot be read ends a connection.
poplib._MAXLINE = 1024 * 1024  # type: ignore[attr-defined]


class Pop3Mailbox(ExternalMailbox):
    """Reads what comes to one account, whatever else is in it."""

    def __init__(self, settings: Settings, manage: Callable[..., str]) -> None:
        super().__init__(settings, manage)
        self.poll_s = settings.mailbox_poll

    def __str__(self) -> str:
        return f"the POP3 server {self.settings.mailbox_host}, port {self.settings.mailbox_port},"

    def look(self, query: MailQuery) -> Match:
        """Read the mails that came since, and delete the awaited ones."""
        looked_at = time.time()
        with self._connected() as server:
            numbers = {}
            for line in server.uidl()[1]:
                number, _, mail_id = line.decode("ascii", "replace").partition(" ")
                numbers[mail_id] = number
            new = self.new_mails(numbers, query.after, looked_at)
            messages = {numbers[each]: _read(server, numbers[each], query, arrived) for each, arrived in new.items()}
            # What is not deleted now is older than what is asked for next.
            with suppress(OSError, EOFError, poplib.error_proto):
                for number, message in messages.items():
                    if not query.mismatch(message):
                        server.dele(int(number))
                server.quit()
        return Match(query, list(messages.values()), older=len(numbers) - len(new))

    @contextmanager
    def _connected(self) -> Iterator[poplib.POP3_SSL]:
        """Log in; raises NotReadyError for what another look may mend, MailboxError for what none will."""
        context = ssl.create_default_context()
        if self.authority:
            context.load_verify_locations(self.authority)
        host, port = self.settings.mailbox_host, self.settings.mailbox_port
        try:
            with closing(poplib.POP3_SSL(host, port, timeout=self.timeout_s, context=context)) as server:
                self._log_in(server)
                yield server
        except ssl.SSLCertVerificationError as error:
            raise self.untrusted(error.verify_message) from error
        except TimeoutError as error:
            raise NotReadyError(f"{self} does not answer in time: {error}") from error
        except poplib.error_proto as error:
            raise NotReadyError(f"{self} answers {_text(error)}") from error
        except (OSError, EOFError) as error:
            raise NotReadyError(f"{self} cannot be read: {error}") from error

    def _log_in(self, server: poplib.POP3_SSL) -> None:
        try:
            server.user(self.user)
            server.pass_(self.password)
        except poplib.error_proto as error:
            answer = _text(error)
            # poplib's own word for a connection that ended is -ERR EOF.
            if answer.startswith("-ERR") and answer != "-ERR EOF" and not any(code in answer for code in LATER):
                raise self.login_refused(f": {answer.rstrip('.')}") from error
            raise


def _read(server: poplib.POP3_SSL, number: str, query: MailQuery, arrived: float) -> Message:
    """Return a mail; of one that cannot be the awaited one, no more than the headers are asked for."""
    message = read_message(b"\r\n".join([*server.top(number, 0)[1], b"", b""]), arrived)
    if query.mismatch_of_headers(message):
        return message
    return read_message(b"\r\n".join(server.retr(number)[1]), arrived)


def _text(error: poplib.error_proto) -> str:
    answer = error.args[0] if error.args else "nothing"
    return answer.decode("ascii", "replace") if isinstance(answer, bytes) else str(answer)
