"""Private key files for SSH: which are the same key, and which are fit for use."""

import base64
import os
import struct
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

OTHERS = 0o077
BEGIN, END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END"
MAGIC = b"openssh-key-v1\0"
NO_CIPHER = b"none"
# What the older formats say of it.
GUARDED = (b"Proc-Type: 4,ENCRYPTED", b"BEGIN ENCRYPTED PRIVATE KEY")


def is_same(one: Path, other: Path) -> bool:
    """Say whether two files are one key, as far as they can be read here; a passphrase is not asked for."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    public = public_part(one)
    return public is not None and public == public_part(other)


def public_part(path: Path) -> bytes | None:
    """Return the public half of a private key, else what is in the file; None if nothing is to be read."""
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError:
        return None
    return _of_openssh(content) or _of_older_format(content) or content or None


def authorized(path: Path) -> str:
    """Return the line of authorized_keys that lets this key in; raises ValueError without a public half."""
    blob = public_part(path)
    try:
        kind, _ = _string(blob or b"")
    except struct.error as error:
        raise ValueError(f"the public half of {path} cannot be had") from error
    return f"{kind.decode()} {base64.b64encode(blob or b'').decode()}"


def is_guarded(path: Path) -> bool:
    """Tell whether a passphrase guards this private key."""
    content = path.read_bytes()
    if BEGIN in content:
        try:
            return _string(_opened(content))[0] != NO_CIPHER
        except (ValueError, struct.error):
            return False
    return any(words in content for words in GUARDED)


def mistake(path: Path) -> str | None:
    """Return why this file is no private key to use, and what to do; None if it is."""
    try:
        if not path.is_file():
            return f"there is no file {path}; make a key with `ssh-keygen -t ed25519 -f {path}`, or name another"
        content = path.read_bytes()
    except OSError as error:
        return f"{path} cannot be read ({error.strerror}); it has to belong to the user who runs this"
    if b"PRIVATE KEY-----" not in content:
        return f"{path} is not a private key; its public half, which ends in .pub, is not what is asked for"
    if path.stat().st_mode & OTHERS:
        return f"{path} is open to other users; `chmod 600 {path}` closes it"
    return None


def _of_openssh(content: bytes) -> bytes | None:
    """Return the public half, which stands in the clear even where a passphrase guards the rest (PROTOCOL.key)."""
    try:
        rest = _opened(content)
        for _ in ("cipher", "kdf", "kdf options"):
            _, rest = _string(rest)
        return _string(rest[struct.calcsize(">I") :])[0]  # after the number of keys
    except (IndexError, ValueError, struct.error):
        return None


def _opened(content: bytes) -> bytes:
    return base64.b64decode(content.split(BEGIN)[1].split(END)[0]).removeprefix(MAGIC)


def _string(data: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack_from(">I", data)
    return data[4 : 4 + length], data[4 + length :]


def _of_older_format(content: bytes) -> bytes | None:
    """Return the public half of a key in an older format; None if it has a passphrase."""
    try:
        public = load_pem_private_key(content, None).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return base64.b64decode(public.split()[1])
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return None
