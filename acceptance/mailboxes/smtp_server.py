"""An SMTP server of the run's own, in a thread: STARTTLS with a certificate of its own, and no mail without a login."""

import asyncio
import logging
import ssl
import tempfile
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from acceptance import certificates as box_certificate
from acceptance.mailboxes.base import MailboxError

# It warns of what it does itself; what clients do wrong, it tells them.
logging.getLogger("mail.log").setLevel(logging.ERROR)
# A client that says nothing for so long is gone.
SILENCE_S = 30
DONE_WITHIN_S = 10
LARGEST_MAIL = 10 * 1024 * 1024

Done = TypeVar("Done")


class SmtpServer:
    """Takes mail at one address of this machine, from whoever knows user and password."""

    def __init__(self, user: str, password: str, take: Callable[[bytes, list[str]], None]) -> None:
        """Take no mail yet; `take` is given the bytes of each, and to whom it is delivered."""
        self._known = (user.encode(), password.encode())
        self._take = take
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self.authority = ""
        self.port = 0

    def start(self, address: str) -> None:
        """Listen at a free port of this address; raises MailboxError where that is none of this machine's."""
        trusted = self._certified(address)
        self._loop = loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="SMTP server", daemon=True)
        self._thread.start()
        listening = loop.create_server(lambda: self._conversation(loop, trusted), address, 0)
        try:
            self._server = _within(loop, listening)
        except OSError as error:
            self.stop()
            raise MailboxError(
                f"The run's own mail server cannot listen at {address}: {error}. Another way: -D mailbox=server"
            ) from error
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Listen no longer; safe to call twice."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        _within(loop, self._ended())
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join(DONE_WITHIN_S)
        loop.close()

    def _conversation(self, loop: asyncio.AbstractEventLoop, trusted: ssl.SSLContext) -> SMTP:
        return SMTP(
            self,
            hostname="superlists.test",
            ident="Superlists",
            data_size_limit=LARGEST_MAIL,
            timeout=SILENCE_S,
            tls_context=trusted,
            require_starttls=True,
            authenticator=self._authenticate,
            auth_required=True,
            loop=loop,
        )

    async def _ended(self) -> None:
        """Close what listens, and end what is being said."""
        if self._server:
            self._server.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    def _certified(self, address: str) -> ssl.SSLContext:
        """Return what the server shows of itself; its private key stays in memory only."""
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory(prefix="superlists-mail-") as folder:
            box_certificate.write(Path(folder), address)
            trusted.load_cert_chain(Path(folder, box_certificate.CERTIFICATE), Path(folder, box_certificate.KEY))
            self.authority = Path(folder, box_certificate.AUTHORITY).read_text()
        return trusted

    def _authenticate(self, _: Any, __: Session, ___: Envelope, ____: str, said: Any) -> AuthResult:
        known = isinstance(said, LoginPassword) and (said.login, said.password) == self._known
        # handled=False lets the server itself answer 535.
        return AuthResult(success=known, handled=False)

    async def handle_DATA(self, _: Any, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail."""
        self._take(bytes(envelope.original_content or b""), [str(to) for to in envelope.rcpt_tos])
        return "250 Taken"


def _within(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Done]) -> Done:
    """Return what comes of some work in the thread of the loop."""
    return asyncio.run_coroutine_threadsafe(work, loop).result(DONE_WITHIN_S)
