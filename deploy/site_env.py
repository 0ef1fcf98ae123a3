"""A site's settings on its machine: written once, kept up to date, read by nobody else."""

import json
import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy.remote_files import is_there
from deploy.site_layout import Place

PROGRAM = Path(__file__).resolve().parent / "remote" / "update_env.py"
# What the caller's own environment says of the mail server goes to the site's.
FROM_THE_CALLER = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS", "EMAIL_FILE_PATH")
# All that splits lines for Python, which reads the file.
UNWANTED = set("'\\\0\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


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
        "SITE_ORIGIN": site.base_url,
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


def update(server: Server, place: Place, given: Mapping[str, str], *, user: str) -> list[str]:
    """Set these variables in the site's .env, and return the names that changed; raises ServerError."""
    return server.run(_written(place, place.environment, given, user)).split()


def look(server: Server, place: Place) -> None:
    """Raise ServerError where .env is of another environment than the sites file says, or leads to another database."""
    server.run(_written(place, None, settings_of(place)))


def prepare(server: Server, place: Place, given: Mapping[str, str]) -> None:
    """Write what .env is to be once the next release serves; what serves now knows nothing of it."""
    server.run(_written(place, place.next_environment, given))


def switch(server: Server, place: Place) -> None:
    """Let the prepared settings hold, and keep those before for a way back."""
    # A second name of the same file: on a disk that is full, half of a copy would be what the way back leads to.
    server.run(_moved(place.environment, place.environment_before, "ln", "--force"))
    server.run(_moved(place.next_environment, place.environment, "mv"))


def go_back(server: Server, place: Place) -> None:
    """Let the settings before the switch hold again, unless there was none: then the prepared ones are still there."""
    if not is_there(server, place.next_environment) and is_there(server, place.environment_before):
        server.run(_moved(place.environment_before, place.environment, "mv"))


def _moved(one: PurePosixPath, other: PurePosixPath, *how: str) -> Command:
    return Command((*how, "--no-target-directory", str(one), str(other)), says=f"Writing {other}")


def _written(place: Place, into: PurePosixPath | None, given: Mapping[str, str], user: str | None = None) -> Command:
    done = "Writing" if into else "Looking at"
    return Command(
        ("python3", "-c", PROGRAM.read_text(), str(place.environment), str(into or "")),
        says=f"{done} {place.environment}, whose environment is written once and for all",
        user=user,
        stdin=json.dumps([dict(given), at_first(place)]),
    )
