"""SSH keys for tests, in the formats in which people have theirs, and an agent that holds some."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from acceptance.ssh_identity import public_part

KINDS: dict[str, Callable[[], Any]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
FORMATS = {
    "OpenSSH": PrivateFormat.OpenSSH,
    "PEM": PrivateFormat.TraditionalOpenSSL,
}
LENGTH = struct.Struct(">L")
# What the agent's protocol calls the question for its keys, and the answer.
REQUEST_IDENTITIES, IDENTITIES_ANSWER = 11, 12


def new_key(path, kind="ed25519", written_as="OpenSSH", *, passphrase=""):
    """Write a new key and, beside it, its public half."""
    key = KINDS[kind]()
    _write(path, key, written_as, passphrase)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    path.with_name(f"{path.name}.pub").write_bytes(public + b" somebody\n")
    return path


def rewritten(path, written_as="OpenSSH", *, passphrase=""):
    """Write a copy in another format, or behind a passphrase, of a key that has none."""
    copy = path.with_name("copy")
    _write(copy, load_ssh_private_key(path.read_bytes(), None), written_as, passphrase)
    return copy


def _write(path, key, written_as, passphrase):
    guard = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, FORMATS[written_as], guard))


@contextmanager
def agent(path, *keys):
    """Run an agent that tells which keys it holds, and signs nothing; give what the environment says of it."""
    blobs = [public_part(key) for key in keys]
    told = b"".join(_string(blob) + _string(b"a comment") for blob in blobs)
    answer = _string(bytes([IDENTITIES_ANSWER]) + LENGTH.pack(len(blobs)) + told)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def serve():
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, connection.makefile("rb") as asking:
                        while length := asking.read(LENGTH.size):
                            assert asking.read(*LENGTH.unpack(length))[0] == REQUEST_IDENTITIES
                            connection.sendall(answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        yield {"SSH_AUTH_SOCK": str(path)}
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(10)


def _string(data):
    return LENGTH.pack(len(data)) + data
