"""`manage.py end_sessions [EMAIL]`: log everybody out, or one person, in all browsers."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser

from superlists.accounts.models import User


class Command(BaseCommand):
    """Ends sessions everywhere, as after a browser was stolen."""

    help = "Log EMAIL out in all browsers; without EMAIL, log out everybody."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the person."""
        parser.add_argument("email", nargs="?", metavar="EMAIL")

    def handle(self, *args: Any, email: str | None, **options: Any) -> None:
        """End the sessions; print how many. Raises CommandError for an address that nobody has."""
        sessions = Session.objects.all()
        if email is not None:
            user = User.objects.filter(email=email).first()
            if user is None:
                raise CommandError(f"Nobody has the address {email!r}; a person is known once they have logged in")
            theirs = (session.pk for session in sessions if session.get_decoded().get(SESSION_KEY) == user.email)
            sessions = sessions.filter(pk__in=list(theirs))
        ended, _ = sessions.delete()
        self.stdout.write(f"Ended {ended} sessions")
