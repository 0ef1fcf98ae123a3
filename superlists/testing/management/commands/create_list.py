"""`manage.py create_list ITEM… [--owner EMAIL]`: a list, with its items."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction

from acceptance.django_app.fixture_command import FixtureCommand, email_address
from superlists.accounts.models import User
from superlists.lists.models import Item, List, text_digest


class Command(FixtureCommand):
    """Prints the path of a new list."""

    help = "Make a list of ITEMs, ownerless or for EMAIL, and print its path."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the items, and whose list it is."""
        parser.add_argument("items", nargs="+", metavar="ITEM")
        parser.add_argument("--owner", metavar="EMAIL")

    def make(self, *, items: list[str], owner: str | None, **_: Any) -> str:
        """Make the list; an item given twice stands in it once."""
        if not all(text.strip() for text in items):
            raise CommandError("An ITEM is empty")
        with transaction.atomic():
            user = User.objects.get_or_create(email=email_address(owner))[0] if owner is not None else None
            made = List.objects.create(owner=user)
            for text in items:
                Item.objects.get_or_create(list=made, digest=text_digest(text), defaults={"text": text})
        return made.get_absolute_url()
