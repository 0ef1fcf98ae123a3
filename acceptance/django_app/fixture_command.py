"""The base class of all fixture commands, and calling one within a running process."""

import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from acceptance.django_app import lock
from acceptance.django_app.guard import refuse_unless_disposable


class FixtureCommand(BaseCommand):
    """A management command that makes or removes data, where data is disposable."""

    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own type; checks cost more than the fixture

    # What a command does, given its options by name; returns what to print.
    make: Callable[..., str]
    _parser: CommandParser | None = None

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Return the parser, made once: that takes longer than most fixtures."""
        if self._parser is None:
            self._parser = super().create_parser(prog_name, subcommand, **options)
        return self._parser

    def handle(self, *args: Any, **options: Any) -> str:
        """Refuse, or make the fixture and print what a caller goes on with."""
        lock.refuse_lost_lock()
        refuse_unless_disposable()
        return self.make(**options)


def email_address(text: str) -> str:
    """Return a command's EMAIL argument; raises CommandError."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise CommandError(f"{text!r} is not an email address") from error
    return text


@cache
def fixture_commands() -> dict[str, FixtureCommand]:
    """Return the fixture commands of all apps by name; what else they offer is for a person's hand."""
    # Django puts the pattern of addresses together at the first one, for 30 ms.
    email_address("edith@example.com")
    apps = {name: app for name, app in sorted(get_commands().items()) if not app.startswith("django.")}
    commands = {name: load_command_class(app, name) for name, app in apps.items()}
    return {name: command for name, command in commands.items() if isinstance(command, FixtureCommand)}


def call_fixture(name: str, arguments: Sequence[str]) -> str:
    """Return what a fixture command prints, stripped; raises CommandError that names the command."""
    commands = fixture_commands()
    if name not in commands:
        raise CommandError(f"Unknown command: {name!r}. Allowed: {', '.join(commands)}")
    output = io.StringIO()
    try:
        call_command(commands[name], *arguments, stdout=output, stderr=output)
    except CommandError as error:
        raise CommandError(f"{name}: {output.getvalue()}{error}") from error
    except SystemExit as error:
        # Options such as --help end the process that they are given to.
        raise CommandError(f"{name}: Its arguments make nothing") from error
    return output.getvalue().strip()
