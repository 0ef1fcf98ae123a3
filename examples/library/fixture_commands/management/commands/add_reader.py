"""`manage.py add_reader CARD PASSWORD`: a reader who can log in."""

from typing import Any

from acceptance.django_app.fixture_command import FixtureCommand
from django.core.management.base import CommandParser

from library.models import Reader


class Command(FixtureCommand):
    """Prints the card of a new reader."""

    help = "Make a reader with CARD and PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take card and password."""
        parser.add_argument("card")
        parser.add_argument("password")

    def make(self, *, card: str, password: str, **_: Any) -> str:
        """Make the reader; return the card."""
        reader = Reader(card=card)
        reader.set_password(password)
        reader.save()
        return card
