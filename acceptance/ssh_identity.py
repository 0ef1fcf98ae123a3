"""The private key that a site names: whether it can be used, whether two files are one key, and how it logs in."""

import base64
import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from paramiko import Agent, Message, PKey, SSHException
from paramiko.pkey import UnknownKeyType

OTHERS = 0o077
BEGIN, END = b"-----BEGIN OPENSSH PRIVATE KEY-----", b"-----END"
MAGIC = b"openssh-key-v1\0"


class IdentityError(SSHException):
    """A key that cannot be used as it is; says why, and what to do."""


def identity(path: Path, *, agent: bool = False) -> PKey | None:
    """Return the key of this file, or where a passphrase protects it, the same key in the agent.

    With `agent`, also nothing: where the agent has other keys, and this one cannot be had.
    Raises IdentityError when the agent has no key for it, and other SSHExceptions for a file that holds no key.
    """
    try:
        return PKey.from_path(path)
    except FileNotFoundError:
        trouble = "is not there"
    except TypeError:
        trouble = "has a passphrase"
    except (ValueError, UnknownKeyType, UnsupportedAlgorithm) as error:
        raise IdentityError(f"the key {path} cannot be read: {error}") from error
    found, others = _in_agent(public_part(path))
    if found is None and not (agent and others):
        raise IdentityError(
            f"the key {path} {trouble}, and no agent holds it here. "
            f"Hand it to yours: ssh-add {path} (without an agent, begin with: eval $(ssh-agent))"
        )
    return found


def _in_agent(public: bytes | None) -> tuple[PKey | None, bool]:
    """Return the agent's key with this public half, if it has it, and whether it has any."""
    try:
        agent = Agent()
    except SSHException:
        # Something else than an agent answers.
        return None, False
    keys = agent.get_keys()
    found = next((key for key in keys if key.asbytes() == public), None)
    if found is None:
        agent.close()
    return found, bool(keys)


def same_key(one: Path, other: Path) -> bool:
    """Tell whether two files hold one key, as far as they can be read here; a passphrase is not asked for."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    public = public_part(one)
    return public is not None and public == public_part(other)


def public_part(path: Path) -> bytes | None:
    """Return the public half of a private key, else what is in the file; None if nothing can be read."""
    try:
        content = path.read_bytes() if path.is_file() else b""
    except OSError:
        return None
    if not content:
        return None
    try:
        return (_in_clear(content) if BEGIN in content else PKey.from_path(path).asbytes()) or content
    except (TypeError, ValueError, SSHException, UnknownKeyType, UnsupportedAlgorithm):
        return content


def _in_clear(content: bytes) -> bytes:
    """Return the public half, which stands in the clear even where a passphrase protects the rest (PROTOCOL.key)."""
    message = Message(base64.b64decode(content.split(BEGIN)[1].split(END)[0]).removeprefix(MAGIC))
    for _ in ("cipher", "kdf", "kdf options"):
        message.get_string()
    message.get_int()  # the number of keys
    return message.get_binary()


def authorized_keys_line(path: Path) -> str:
    """Return the line of authorized_keys that lets this key in; raises IdentityError without a public half."""
    blob = public_part(path) or b""
    try:
        key = PKey.from_type_string(Message(blob).get_text(), blob)
    except (ValueError, SSHException, UnknownKeyType) as error:
        raise IdentityError(f"the public half of {path} cannot be had") from error
    return f"{key.get_name()} {key.get_base64()}"


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
