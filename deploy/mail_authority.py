"""The authority that vouches for the site's mail server, where it is none that every machine knows."""

import hashlib
import os
import ssl
from collections.abc import Mapping
from pathlib import Path

from acceptance.ssh import Server, ServerError
from deploy import remote_commands as errands
from deploy.site_layout import Place

# What the caller's environment calls the file here, and the site's the one there; the latter is OpenSSL's own name.
NAME, SITES_NAME = "EMAIL_CA_FILE", "SSL_CERT_FILE"


def bring(server: Server, place: Place, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Put the authority that the caller names where the site finds it, and return what .env is to say of it.

    Raises ServerError for a file that is no certificate, before anything is sent.
    """
    if not environ.get(NAME):
        # Another server has no need of the authority before.
        return {SITES_NAME: ""} if environ.get("EMAIL_HOST") else {}
    certificate = _read(Path(environ[NAME]))
    # Named by its content: what serves now goes on with its own.
    path = place.home / f"mail-ca-{hashlib.sha256(certificate.encode()).hexdigest()[:12]}.pem"
    # The account that serves reads it; and may put links here, none of which is written through.
    for command in errands.put_file(path, certificate, mode="644"):
        server.run(command)
    return {SITES_NAME: str(path)}


def _read(file: Path) -> str:
    """Return the file's text; raises ServerError unless it has certificates, and nothing that is secret."""
    try:
        text = file.read_text()
        ssl.create_default_context(cafile=str(file))
    except (OSError, ValueError) as error:
        raise ServerError(f"{NAME}: {file} is no file of certificates, in PEM: {error}") from error
    if "PRIVATE KEY" in text:
        raise ServerError(f"{NAME}: {file} holds a private key, which has no place on a server; name a certificate")
    return text
