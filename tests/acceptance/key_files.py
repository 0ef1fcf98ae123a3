"""SSH keys for tests, in the formats in which people have theirs."""

from collections.abc import Callable
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

KINDS: dict[str, Callable[[], Any]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
FORMATS = {
    "OpenSSH": PrivateFormat.OpenSSH,
    "PEM": PrivateFormat.TraditionalOpenSSL,
}


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
