"""Django's own `flush`, which empties every table without a question when told so: not in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.flush import Command as Flush


class Command(Flush):
    """Empties the database, where it is not production's."""

    def handle(self, **options: Any) -> None:
        """Refuse, or do what Django's command does."""
        if settings.SITE_ENVIRONMENT == "production":
            raise CommandError("Refused: the database of a production site is not emptied.")
        super().handle(**options)
