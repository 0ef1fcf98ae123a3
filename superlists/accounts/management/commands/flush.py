"""Django's own `flush`, which empties every table without a question when told so: not on data worth keeping."""

from typing import Any

from django.core.management.commands.flush import Command as Flush

from acceptance.django_app import database_lock as lock
from acceptance.django_app.stamp import refuse_to_empty


class Command(Flush):
    """Empties the database, where it is disposable and nobody is at work on it."""

    def handle(self, **options: Any) -> None:
        """Refuse, or do what Django's command does."""
        refuse_to_empty()
        with lock.held(lock.this_process()):
            refuse_to_empty()
            super().handle(**options)
