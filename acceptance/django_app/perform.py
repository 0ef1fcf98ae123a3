"""Carrying out a fixture command within a running process, and no other command."""

import io
from collections.abc import Sequence
from functools import cache

from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError

from acceptance.django_app.fixture_command import FixtureCommand


@cache
def fixture_commands() -> dict[str, FixtureCommand]:
    """Return the fixture commands of all apps by name; what else they offer is for a person's hand."""
    ours = {name: app for name, app in get_commands().items() if not app.startswith("django.")}
    found = {name: load_command_class(app, name) for name, app in ours.items()}
    return {name: command for name, command in sorted(found.items()) if isinstance(command, FixtureCommand)}


def perform(command: str, arguments: Sequence[str]) -> str:
    """Return what a fixture command prints, stripped; raises CommandError that names the command."""
    known = fixture_commands()
    if command not in known:
        raise CommandError(f"Unknown command: {command!r}. Allowed: {', '.join(known)}")
    printed = io.StringIO()
    try:
        call_command(known[command], *arguments, stdout=printed, stderr=printed)
    except CommandError as error:
        raise CommandError(f"{command}: {printed.getvalue()}{error}") from error
    except SystemExit as error:
        # Options such as --help end the process that they are given to.
        raise CommandError(f"{command}: Its arguments make nothing") from error
    return printed.getvalue().strip()
