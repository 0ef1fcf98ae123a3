"""What has to hold before a fixture may touch a database: the server's side of the promise."""

from django.conf import settings
from django.core.management.base import CommandError

from acceptance.django_app.stamp import refuse_unstamped_database
from superlists.configuration import DISPOSABLE_ENVIRONMENTS


def refuse_unless_disposable() -> None:
    """Raise CommandError unless this site's environment and its database allow fixtures."""
    refuse_environment()
    refuse_unstamped_database()


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
