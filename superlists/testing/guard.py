"""What has to hold before a fixture may touch a database: the server's side of the promise."""

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError

from superlists.configuration import DISPOSABLE_ENVIRONMENTS
from superlists.stamp import stamped_sites


def refuse_unless_disposable() -> None:
    """Raise CommandError unless this site's environment and its database allow fixtures."""
    refuse_environment()
    _refuse_unstamped_database()


def refuse_another_site(meant: str) -> None:
    """Raise CommandError unless the caller means this very site."""
    if meant != settings.SITENAME:
        raise CommandError(f"Refused: you mean the site {meant!r}, but this is {settings.SITENAME!r}.")


def refuse_environment() -> None:
    """Raise CommandError where the environment is not one for fixtures."""
    allowed = settings.SITE_ENVIRONMENT in DISPOSABLE_ENVIRONMENTS and settings.SUPERLISTS_TESTING
    if not allowed:
        raise CommandError(
            f"Refused: there are no fixtures in the environment {settings.SITE_ENVIRONMENT!r}. They take "
            f"SITE_ENVIRONMENT={' or '.join(DISPOSABLE_ENVIRONMENTS)} and SUPERLISTS_TESTING=1."
        )


def _refuse_unstamped_database() -> None:
    try:
        sites = stamped_sites()
    except DatabaseError as error:
        raise CommandError(f"Refused: the database does not answer: {error}") from error
    if sites != [settings.SITENAME]:
        raise CommandError(
            f"Refused: the database is {_described(sites)} {settings.SITENAME}. "
            "If nothing in it is worth keeping, stamp it at a terminal: manage.py stamp_site"
        )


def _described(sites: list[str]) -> str:
    return f"stamped as disposable for {' and '.join(sites)}, not for" if sites else "not stamped as disposable for"
