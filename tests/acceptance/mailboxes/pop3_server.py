"""A POP3 server over TLS as small as can be, whose answers a test can break."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from acceptance import certificates as box_certificate

USER, PASSWORD = "tests@example.com", "s3cret of the mailbox"


@dataclass
class Pop3Server:
    """What lies in the mailbox by its ids, what was asked of it and when, and what to do instead of answering."""

    folder: Path
    mails: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    connected: list[float] = field(default_factory=list)
    # By a command or its first word: an answer, or "cut", "silence", "drip".
    instead: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def authority(self) -> Path:
        return self.folder / box_certificate.AUTHORITY

    def put(self, uid: str, source: bytes) -> None:
        self.mails = {**self.mails, uid: source}


@contextmanager
def pop3_server(folder: Path, certified_for: str = "127.0.0.1") -> Iterator[Pop3Server]:
    """Serve at a free port of this machine."""
    there = Pop3Server(folder)
    box_certificate.write(folder, certified_for)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / box_certificate.CERTIFICATE, folder / box_certificate.KEY)
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        there.port = listening.getsockname()[1]
        listening.settimeout(0.05)
        thread = threading.Thread(target=_accept, args=(listening, context, there, stopped))
        thread.start()
        try:
            yield there
        finally:
            stopped.set()
            thread.join()


def _accept(listening: socket.socket, context: ssl.SSLContext, there: Pop3Server, stopped: threading.Event) -> None:
    while not stopped.is_set():
        with suppress(OSError):
            plain, _ = listening.accept()
            plain.settimeout(5)
            there.connected.append(time.monotonic())
            # One at a time, as a mailbox is locked by whoever looks into it.
            with plain, suppress(OSError, ValueError), context.wrap_socket(plain, server_side=True) as connection:
                _Conversation(connection, there, stopped).hold()


class _Conversation:
    def __init__(self, connection: ssl.SSLSocket, there: Pop3Server, stopped: threading.Event) -> None:
        self.connection, self.there, self.stopped = connection, there, stopped
        self.mails = list(there.mails.items())
        self.deleted: set[str] = set()

    def hold(self) -> None:
        if not self.answer("GREETING", ""):
            return
        with self.connection.makefile("rb") as lines:
            for line in lines:
                word, _, rest = line.decode().strip().partition(" ")
                self.there.asked.append(f"{word} {rest}".strip())
                if not self.answer(word, rest):
                    return

    def say(self, text: str | bytes) -> None:
        self.connection.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def answer(self, word: str, rest: str) -> bool:
        instead = self.there.instead.get(f"{word} {rest}") or self.there.instead.get(word)
        if instead in ("cut", "silence", "drip"):
            while instead != "cut" and not self.stopped.wait(0.02):
                if instead == "drip":
                    self.connection.sendall(b"+")
            return False
        self.say(instead or getattr(self, word.lower())(*rest.split(" ", 1 if word == "PASS" else -1)))
        return word != "QUIT"

    def greeting(self, _: str) -> str:
        return "+OK ready"

    def user(self, name: str) -> str:
        return "+OK" if name == USER else "-ERR who?"

    def __getattr__(self, name: str):
        assert name == "pass", name
        return lambda *said: "+OK" if " ".join(said) == PASSWORD else "-ERR [AUTH] Authentication failed."

    def uidl(self, *_: str) -> str:
        return "\r\n".join(["+OK", *(f"{number} {uid}" for number, (uid, _) in enumerate(self.mails, 1)), "."])

    def top(self, number: str, _: str) -> bytes:
        return self._sent(self.mails[int(number) - 1][1].partition(b"\r\n\r\n")[0] + b"\r\n")

    def retr(self, number: str) -> bytes:
        return self._sent(self.mails[int(number) - 1][1])

    def _sent(self, source: bytes) -> bytes:
        lines = [b"." + line if line.startswith(b".") else line for line in source.split(b"\r\n")]
        return b"\r\n".join([b"+OK", *lines, b"."])

    def dele(self, number: str) -> str:
        self.deleted.add(self.mails[int(number) - 1][0])
        return "+OK"

    def quit(self, *_: str) -> str:
        self.there.mails = {uid: mail for uid, mail in self.there.mails.items() if uid not in self.deleted}
        return "+OK"
