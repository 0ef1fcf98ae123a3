"""Postfix and dovecot in a container: submission over STARTTLS, and one mailbox by POP3 over TLS."""

import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from pathlib import Path
from secrets import token_urlsafe

from docker import DockerClient
from docker.models.containers import Container

from acceptance import certificates as box_certificate
from acceptance.images import ROOT, Recipe, image
from acceptance.targets.run_resources import Owned
from acceptance.targets.tar import packed
from acceptance.waiting import eventually
from tests.mail.addresses import address_of, answers

POSTFIX = Recipe("superlists-mail", ROOT / "tests" / "mail" / "postfix", "Dockerfile")
SUBMISSION, POP3S = 587, 995
SETTINGS = "run/mail"
MAILBOX = "/var/mail/everyone"
READY_WITHIN_S = 30.0
LOOPBACK = "127.0.0.1"


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

    @property
    def gateway(self) -> str:
        """What this machine is called where the server is, and other containers are."""
        return str(self.container.attrs["NetworkSettings"]["Networks"]["bridge"]["Gateway"])

    def certify(self, folder: Path | None = None) -> None:
        """Have a new authority, kept in a folder, vouch for its address, and for two of this machine."""
        kept_in = folder or self.folder
        box_certificate.write(kept_in, self.address, LOOPBACK, self.gateway)
        self.show(kept_in)

    def show(self, folder: Path) -> None:
        """Have it show the certificate in a folder."""
        for name in (box_certificate.CERTIFICATE, box_certificate.KEY):
            self.put(f"{SETTINGS}/{name}", (folder / name).read_text())

    def put(self, path: str, text: str) -> None:
        """Put one file there."""
        self.container.put_archive("/", packed(path, text))

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

    def log(self) -> str:
        return self.container.logs().decode(errors="replace")


@contextmanager
def mail_server(engine: DockerClient, owned: Owned, folder: Path) -> Iterator[MailServer]:
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
