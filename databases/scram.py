"""What PostgreSQL keeps of a password, so that the password itself goes nowhere near the container."""

import base64
import hashlib
import hmac
import secrets

# As PostgreSQL itself does it.
ITERATIONS = 4096
SALT_BYTES = 16


def scram(password: str, salt: bytes | None = None) -> str:
    """Return the verifier of a password of printable ASCII, as RFC 5803 and pg_authid write it."""
    salt = salt or secrets.token_bytes(SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${ITERATIONS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
