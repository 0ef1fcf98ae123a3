"""What all fixture commands share: they refuse first, and then do one thing."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from acceptance.django_app import database_lock as lock
from acceptance.django_app.guard import refuse_unless_disposable
from superlists.accounts.addresses import normalised


class FixtureCommand(BaseCommand):
    """A management command that makes or removes data, where data is disposable."""

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own type; checks cost more than the fixture

    # What a command does, given its options by name; returns what to print.
    make: Callable[..., str]

    def handle(self, *args: Any, **options: Any) -> str:
        """Refuse, or make the fixture and print what a caller goes on with."""
        lock.refuse_lost_lock()
        refuse_unless_disposable()
        return self.make(**options)


def address(text: str) -> str:
    """Return a command's EMAIL argument as it is stored; raises CommandError."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise CommandError(f"{text!r} is not an email address") from error
    return normalised(text)
