"""`manage.py add_book TITLE [--lent-to CARD]`: a book on the shelf, or at a reader's home."""

from typing import Any

from acceptance.django_app.fixture_command import FixtureCommand
from django.core.management.base import CommandParser

from library.models import Book, Reader


class Command(FixtureCommand):
    """Prints the title of a new book."""

    help = "Make a book of this TITLE, lent to the reader with CARD or to nobody."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the title, and who has the book."""
        parser.add_argument("title")
        parser.add_argument("--lent-to", metavar="CARD")

    def make(self, *, title: str, lent_to: str | None, **_: Any) -> str:
        """Make the book; return its title."""
        reader = Reader.objects.get_or_create(card=lent_to)[0] if lent_to else None
        Book.objects.create(title=title, reader=reader)
        return title
