"""Postfix and dovecot in a container: submission over STARTTLS, and one mailbox by POP3 over TLS."""

import socket
import ssl
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from io import BytesIO
from pathlib import Path
from poplib import POP3_SSL
from secrets import token_urlsafe
from smtplib import SMTP

from docker import DockerClient
from docker.models.containers import Container

from acceptance.images import Recipe, image
from acceptance.targets.docker_exec import put_file
from acceptance.targets.run_resources import RunResources
from acceptance.waiting import eventually
from deploy import box_certificate
from features.project import ROOT

POSTFIX = Recipe("mail", ROOT / "tests" / "mail" / "postfix", "Dockerfile")
SUBMISSION, POP3S = 587, 995
SETTINGS = "run/mail"
MAILBOX = "/var/mail/everyone"
READY_WITHIN_S = 30.0
TIMEOUT_S = 10
LOOPBACK = "127.0.0.1"
SENDER = "noreply@example.com"
HERS, HIS = "edith+run.1@example.com", "francis+run.1@example.com"
SITE = "http://127.0.0.1:8888"
SUBJECT = "Your login link for Superlists"


def login_mail(token: str, to: str = HERS) -> bytes:
    """Return a login mail as the site sends it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, to, SUBJECT
    mail.set_content(f"Use this link to log in:\n\n{SITE}/accounts/login/{token}/")
    return mail.as_bytes()


def old_logins(count: int, to: str = "edith@example.com") -> list[bytes]:
    """Return login mails to the same person, who asked for them at other times."""
    return [login_mail(f"old-{number}", to) for number in range(count)]


def address_of(container: Container) -> str:
    """Return where a container is, for this machine and for other containers."""
    container.reload()
    return str(container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])


def answers(address: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        socket.create_connection((address, port), timeout=2).close()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class MailServer:
    """A server that is up: where it is, what vouches for it, and the two accounts on it."""

    container: Container
    address: str
    folder: Path
    # Who sends, and who reads: the one may not do what the other may.
    sender: str = "superlists@example.com"
    sender_password: str = field(default_factory=token_urlsafe, repr=False)
    reader: str = "everyone@example.com"
    reader_password: str = field(default_factory=token_urlsafe, repr=False)

    @property
    def authority(self) -> Path:
        """The certificate of the authority that vouches for it."""
        return self.folder / box_certificate.AUTHORITY

    def let_in(self) -> None:
        """Have the two passwords hold."""
        for service, who, password in (
            ("smtp", self.sender, self.sender_password),
            ("pop3", self.reader, self.reader_password),
        ):
            self.put(f"{SETTINGS}/{service}.passwords", f"{who}:{password}\n")

    def certify(self) -> None:
        """Have a new authority vouch for its address, and for this machine's."""
        box_certificate.write(self.folder, self.address, LOOPBACK)
        for name in (box_certificate.CERTIFICATE, box_certificate.KEY):
            self.put(f"{SETTINGS}/{name}", (self.folder / name).read_text())

    def put(self, path: str, text: str) -> None:
        """Put one file there."""
        put_file(self.container, path, text)

    def deliver(self, messages: Iterable[bytes]) -> None:
        """Have these messages lie in the mailbox, as if they had come long ago."""
        archive = BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as packing:
            for number, message in enumerate(messages):
                entry = tarfile.TarInfo(f"new/1700000000.{number}.old")
                entry.size, entry.mode = len(message), 0o666
                packing.addfile(entry, BytesIO(message))
        self.run("install", "--directory", "--owner=everyone", "--group=everyone", f"{MAILBOX}/new")
        self.container.put_archive(MAILBOX, archive.getvalue())

    def empty(self) -> None:
        """Throw away all that lies in the mailbox."""
        self.run("find", MAILBOX, "-mindepth", "1", "-delete")

    def run(self, *command: str) -> str:
        """Return what a command there says; it has to succeed."""
        code, said = self.container.exec_run(list(command))
        assert code == 0, said
        return bytes(said).decode()  # type: ignore[arg-type] # not a stream

    @contextmanager
    def sending(self) -> Iterator[SMTP]:
        """Give a connection that may send once it has logged in."""
        with closing(SMTP(self.address, SUBMISSION, timeout=TIMEOUT_S)) as connection:
            connection.starttls(context=ssl.create_default_context(cafile=str(self.authority)))
            yield connection

    def send_link(self, token: str, to: str = HERS) -> None:
        """Send a login link, as the site does."""
        with self.sending() as connection:
            connection.login(self.sender, self.sender_password)
            connection.sendmail(SENDER, [to], login_mail(token, to))

    def mails(self) -> list[str]:
        """Return all that lies in the mailbox, the oldest first."""
        trusting = ssl.create_default_context(cafile=str(self.authority))
        with closing(POP3_SSL(self.address, POP3S, context=trusting, timeout=TIMEOUT_S)) as connection:
            connection.user(self.reader)
            connection.pass_(self.reader_password)
            numbers = range(1, connection.stat()[0] + 1)
            mails = [b"\n".join(connection.retr(number)[1]).decode() for number in numbers]
            connection.quit()
        return mails


@contextmanager
def mail_server(engine: DockerClient, owned: RunResources, folder: Path) -> Iterator[MailServer]:
    """Give a mail server that answers; its authority and its certificate are in the folder."""
    container = engine.containers.create(image(engine, POSTFIX), labels=owned.labels)
    try:
        container.start()
        server = MailServer(container, address_of(container), folder)
        server.let_in()
        server.certify()
        server.run("dd", "status=none", "if=/dev/null", "of=/run/mail/go")
        for port in (SUBMISSION, POP3S):
            eventually(partial(answers, server.address, port), what=f"port {port}", within_s=READY_WITHIN_S)
        yield server
    finally:
        container.remove(force=True, v=True)
