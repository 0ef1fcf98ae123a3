"""`manage.py create_session EMAIL`: log someone in without a mail."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import CommandParser

from acceptance.django_app.fixture_command import FixtureCommand, address
from superlists.accounts.models import User


class Command(FixtureCommand):
    """Prints the key of a session in which EMAIL is logged in."""

    help = "Print the key of a new session in which EMAIL is logged in."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take EMAIL."""
        parser.add_argument("email")

    def make(self, *, email: str, **_: Any) -> str:
        """Make the user if need be, and the session; return its key."""
        user, _created = User.objects.get_or_create(email=address(email))
        session = SessionStore()
        session[SESSION_KEY] = user.pk
        session[BACKEND_SESSION_KEY] = "superlists.accounts.authentication.LoginLinkBackend"
        session.create()
        return str(session.session_key)
