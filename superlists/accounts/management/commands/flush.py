"""Django's own `flush`, which empties every table without a question when told so: not on data worth keeping."""

from typing import Any

from django.core.management.commands.flush import Command as Flush

from acceptance.django_app import lock
from acceptance.django_app.guard import refuse_to_empty


class Command(Flush):
    """Empties the database, where it is disposable and nobody is at work on it."""

    def handle(self, **options: Any) -> None:
        """Refuse, or do what Django's command does."""
        refuse_to_empty()
        with lock.hold():
            refuse_to_empty()
            super().handle(**options)
