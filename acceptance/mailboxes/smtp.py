"""Mail that the site sends to an SMTP server of the run's own: by STARTTLS, and with a login."""

import logging
import secrets
import ssl
import time
from collections.abc import Callable, Container
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from trustme import CA

from acceptance.mailboxes.base import InMemoryMailbox, MailSettings
from acceptance.mailboxes.message import read_message
from acceptance.project import project

# aiosmtpd warns of what it does itself; what clients do wrong, it tells them.
logging.getLogger("mail.log").setLevel(logging.ERROR)
HOST = "127.0.0.1"
USER = "site@example.com"
TIMEOUT_S = 30
LARGEST_MAIL = 10 * 1024 * 1024


class SmtpServer(Controller):
    """Takes mail at a free port of this machine, from whoever knows user and password, in a thread."""

    def __init__(
        self,
        user: str,
        password: str,
        take: Callable[[bytes, list[str]], None],
        refused: Container[str] = (),
    ) -> None:
        """Take no mail yet; `take` is given the bytes of each, and its recipients, none of whom is `refused`."""
        self._login = (user.encode(), password.encode())
        self._take = take
        self._refused = refused
        self.authority, tls = _certified()
        super().__init__(
            self,
            HOST,
            0,
            ident=project().name,
            data_size_limit=LARGEST_MAIL,
            timeout=TIMEOUT_S,
            tls_context=tls,
            require_starttls=True,
            authenticator=self._authenticate,
            auth_required=True,
            # A busy machine takes its time.
            ready_timeout=TIMEOUT_S,
        )

    def _trigger_server(self) -> None:
        # The port is known now, and what is called here needs it.
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    def _authenticate(self, _: Any, __: Session, ___: Envelope, ____: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and (login.login, login.password) == self._login
        # handled=False lets the server itself answer 535.
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _: Any, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        """Take a recipient, unless mail for them is refused."""
        if address in self._refused:
            return "550 No mail is taken for this address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail."""
        self._take(bytes(envelope.original_content or b""), [str(to) for to in envelope.rcpt_tos])
        return "250 Taken"


def _certified() -> tuple[str, ssl.SSLContext]:
    """Return the server's authority, and what the server shows of itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca = CA()
    ca.issue_cert(HOST).configure_cert(context)
    return ca.cert_pem.bytes().decode(), context


class SmtpMailbox(InMemoryMailbox):
    """Takes in the mail itself."""

    _server: SmtpServer | None = None

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Start the server; return how the site reaches it, and the password of this run alone."""
        password = secrets.token_urlsafe(24)
        self._server = server = SmtpServer(USER, password, self._take, self.refused)
        server.start()
        environment = {
            "EMAIL_HOST": HOST,
            "EMAIL_PORT": str(server.port),
            "EMAIL_HOST_USER": USER,
            "EMAIL_PASSWORD": password,
            "EMAIL_USE_TLS": "1",
        }
        return MailSettings(environment, authority=server.authority, port=server.port)

    def close(self) -> None:
        """End the server."""
        server, self._server = self._server, None
        if server:
            server.stop()

    def _take(self, source: bytes, recipients: list[str]) -> None:
        self.messages.append(read_message(source, time.time(), recipients))
