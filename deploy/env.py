"""A site's settings on its machine: written once, kept up to date, read by nobody else."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from deploy.commands import Command
from deploy.server import Server, ServerError
from deploy.site import Place

PROGRAM = Path(__file__).resolve().parent / "remote" / "update_env.py"
# What the caller's own environment says of the mail server goes to the site's.
FROM_THE_CALLER = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS", "EMAIL_FILE_PATH")
UNWANTED = set("'\\\n\r\0")


def settings_of(place: Place) -> dict[str, str]:
    """Return what follows from the sites file."""
    site = place.site
    return {
        "SITE_ENVIRONMENT": site.environment,
        "SUPERLISTS_TESTING": "1" if site.disposable else "0",
        "SITENAME": site.host,
        "DJANGO_ALLOWED_HOST": site.host,
        "DJANGO_DEBUG_FALSE": "1",
        "DJANGO_DB_PATH": str(place.database),
        "DJANGO_HTTPS": "1" if site.tls else "0",
    }


def at_first(place: Place) -> dict[str, str]:
    """Return what a site begins with: one whose data is disposable writes its mail to files until it has a server."""
    return {"EMAIL_FILE_PATH": str(place.home / "mail")} if place.site.disposable else {}


def mail_of(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the caller's environment says of mail; raises ServerError for a value that no .env can hold."""
    given = {name: environ[name] for name in FROM_THE_CALLER if environ.get(name)}
    if unfit := [name for name, value in given.items() if UNWANTED & set(value)]:
        raise ServerError(f"{', '.join(unfit)}: holds a quote, a backslash or a line break, which .env cannot hold")
    # Files come before a server: who names a server wants no files, unless both are named.
    return {"EMAIL_FILE_PATH": ""} | given if "EMAIL_HOST" in given else given


def update(server: Server, place: Place, given: Mapping[str, str], *, user: str | None = None) -> list[str]:
    """Set these variables in the site's .env, and return the names that changed; raises ServerError."""
    command = Command(
        ("python3", "-c", PROGRAM.read_text(), str(place.environment)),
        says=f"Writing {place.environment}, whose environment is written once and for all",
        user=user,
        stdin=json.dumps([dict(given), at_first(place)]),
    )
    return server.run(command).split()
