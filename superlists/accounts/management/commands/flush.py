"""Django's own `flush`, which empties every table without a question when told so: not on data worth keeping."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush

from superlists.stamp import refuse_unstamped_database


class Command(Flush):
    """Empties the database, unless it is production's, or another site's behind a test server."""

    def handle(self, **options: Any) -> None:
        """Refuse, or do what Django's command does."""
        if settings.SITE_ENVIRONMENT == "production":
            raise CommandError("Refused: the database of a production site is not emptied.")
        if settings.SITE_ENVIRONMENT != "local":
            # On a developer's own machine Django asks; a server's .env may lead anywhere.
            refuse_unstamped_database()
        super().handle(**options)
