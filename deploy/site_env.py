"""A site's settings on its server: `.env`, written once, kept up to date, read by nobody else."""

import hashlib
import json
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy.remote.update_env import ANOTHER_DATABASE, ANOTHER_ENVIRONMENT, UNWANTED
from deploy.remote_files import found, is_there, names_in, put_file, remove
from deploy.remote_programs import program
from deploy.site_database import database_of, named
from deploy.site_layout import SiteLayout

# What the caller's own environment says of the mail server goes to the site's.
FROM_THE_CALLER = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS", "EMAIL_FILE_PATH")
# The authority that vouches for the mail server, where every machine does not know it: what the caller calls the file
# here, and the site the one there; the latter is OpenSSL's own name.
CA_HERE, CA_THERE = "EMAIL_CA_FILE", "SSL_CERT_FILE"
AUTHORITY = re.compile(r"mail-ca-[0-9a-f]+\.pem(\.new)?")


def settings_of(layout: SiteLayout) -> dict[str, str]:
    """Return what follows from the sites file."""
    site = layout.site
    days = site.tls.hsts_days if site.tls else None
    return {
        "SITE_ENVIRONMENT": site.environment,
        "SUPERLISTS_TESTING": "1" if site.disposable else "0",
        "SITENAME": site.host,
        "DJANGO_ALLOWED_HOST": site.host,
        "DJANGO_DEBUG_FALSE": "1",
        "DJANGO_HTTPS": "1" if site.tls else "0",
        "SITE_ORIGIN": site.base_url,
        **({} if days is None else {"DJANGO_HSTS_SECONDS": str(days * 24 * 60 * 60)}),
    } | database_of(layout).settings


def at_first(layout: SiteLayout) -> dict[str, str]:
    """Return what a site begins with: one whose data is disposable writes its mail to files until it has a server."""
    mail = {"EMAIL_FILE_PATH": str(layout.home / "mail")} if layout.site.disposable else {}
    return mail | database_of(layout).first_settings()


def mail_of(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return what the caller's environment says of mail; raises ServerError for a value that no .env can hold."""
    given = {name: environ[name] for name in FROM_THE_CALLER if environ.get(name)}
    if unfit := [name for name, value in given.items() if UNWANTED & set(value)]:
        raise ServerError(f"{', '.join(unfit)}: holds a quote, a backslash or a line break, which .env cannot hold")
    # Files come before a server: who names a server wants no files, unless both are named.
    return {"EMAIL_FILE_PATH": ""} | given if "EMAIL_HOST" in given else given


def send_mail_authority(server: Server, layout: SiteLayout, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Put the authority that the caller names where the site finds it, and return what .env is to say of it.

    Raises ServerError for a file that is no certificate, before anything is sent.
    """
    if not environ.get(CA_HERE):
        # Another server has no need of the authority before.
        return {CA_THERE: ""} if environ.get("EMAIL_HOST") else {}
    certificate = _certificate(Path(environ[CA_HERE]))
    # Named by its content: what serves now goes on with its own.
    path = layout.home / f"mail-ca-{hashlib.sha256(certificate.encode()).hexdigest()[:12]}.pem"
    # The account that serves reads it.
    server.run(put_file(path, certificate))
    return {CA_THERE: str(path)}


def _certificate(file: Path) -> str:
    """Return the file's text; raises ServerError unless it has certificates, and nothing that is secret."""
    try:
        text = file.read_text()
        ssl.create_default_context(cafile=str(file))
    except (OSError, ValueError) as error:
        raise ServerError(f"{CA_HERE}: {file} is no file of certificates, in PEM: {error}") from error
    if "PRIVATE KEY" in text:
        raise ServerError(f"{CA_HERE}: {file} holds a private key, which has no place on a server; name a certificate")
    return text


def update(server: Server, layout: SiteLayout, settings: Mapping[str, str], *, user: str) -> list[str]:
    """Set these variables in the site's .env, and return the names that changed; raises ServerError."""
    database = database_of(layout)
    # A site that is to move to PostgreSQL leads to its file still.
    led_to = database.led_to if database.settings else named()
    return server.run(_written(layout, layout.environment, settings, led_to).as_user(user)).split()


def look(server: Server, layout: SiteLayout, path: PurePosixPath | None = None) -> None:
    """Raise ServerError where .env, or another such file, is of another environment than the sites file says.

    Also where it leads to another database.
    """
    server.run(_written(layout, None, settings_of(layout), database_of(layout).led_to, of=path))


def prepare(server: Server, layout: SiteLayout, settings: Mapping[str, str], led_to: str = "") -> None:
    """Write what .env is to be once the next release serves; what serves now knows nothing of it.

    Raises ServerError, also where .env does not lead to the site's database, or to the one where that is still.
    """
    led_to = led_to or database_of(layout).led_to
    server.run(_written(layout, layout.next_environment, settings, led_to))


def switch(server: Server, layout: SiteLayout, leaving: str, coming: PurePosixPath) -> None:
    """Let the settings to come hold, which are in a file of their own, and keep those of the release that is left."""
    # A second name of the same file: on a disk that is full, half of a copy would be what the way back leads to.
    kept = _moved(layout.environment, layout.environment_of(leaving), "ln", "--force")
    server.run(kept.then(_moved(coming, layout.environment, "mv")))


def go_back(server: Server, layout: SiteLayout, leaving: str, coming: PurePosixPath) -> None:
    """Undo a switch, unless there was none: then the settings to come are still where they were."""
    if not is_there(server, coming) and is_there(server, layout.environment_of(leaving)):
        kept = _moved(layout.environment, coming, "ln", "--force")
        server.run(kept.then(_moved(layout.environment_of(leaving), layout.environment, "mv")))


def why_kept(server: Server, layout: SiteLayout, leaving: str, before: str) -> str:
    """Return why a rollback from one release to the one before keeps the settings of now; nothing where it does not.

    Raises ServerError where that cannot be told.
    """
    settings, step = layout.environment_of(before), f"Looking for the settings of {before}"
    known = ("-name", settings.name, "-printf", "known\n")
    # Written, or given this name, after it was switched to.
    changed = ("-name", layout.environment.name, "-cnewer", str(layout.current), "-printf", "changed\n")
    seen = found(server, layout.home, *known, "-o", *changed, step=step).split()
    if "known" not in seen:
        return f"those that {before} had are not known"
    if "changed" in seen:
        return f"they were changed since {leaving} was switched to"
    try:
        look(server, layout, settings)
    except ServerError as error:
        if error.code not in (ANOTHER_ENVIRONMENT, ANOTHER_DATABASE):
            # A look that failed says nothing of them.
            raise
        return f"those that {before} had do not fit any more: {error}"
    return ""


def forget(server: Server, layout: SiteLayout, *releases: str) -> None:
    """Remove the settings that these releases had: those of now hold for them too."""
    for release in releases:
        server.run(remove(layout.environment_of(release), f"Forgetting the settings of {release}"))


def discard(server: Server, layout: SiteLayout) -> None:
    """Remove settings that were only prepared, and mail servers' authorities that no settings name."""
    coming = layout.next_environment
    server.run(remove(coming, f"Clearing {coming}").then(remove(coming.with_name(f"{coming.name}.new"), "")))
    find = ("find", str(layout.home), "-maxdepth", "1", "-name", ".env*")
    files = server.run(Command(find, step="Listing the settings")).splitlines()
    for name in filter(AUTHORITY.fullmatch, names_in(server, layout.home)):
        look_up = Command(("grep", "--quiet", "--fixed-strings", f"{name}'", *files), step=f"Looking who names {name}")
        if not server.check(look_up, no=1):
            server.run(remove(layout.home / name, f"Removing {name}"))


def _moved(one: PurePosixPath, other: PurePosixPath, *how: str) -> Command:
    return Command((*how, "--no-target-directory", str(one), str(other)), step=f"Writing {other}")


def _written(
    layout: SiteLayout,
    into: PurePosixPath | None,
    settings: Mapping[str, str],
    led_to: str,
    of: PurePosixPath | None = None,
) -> Command:
    path = of or layout.environment
    return program(
        "update_env",
        str(path),
        str(into or ""),
        step=f"{'Writing' if into else 'Looking at'} {path}, whose environment is written once",
        stdin=json.dumps([dict(settings), at_first(layout), led_to]),
    )
