"""`manage.py share_list LIST EMAIL`: let someone else see a list."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from acceptance.django_app.fixture_command import FixtureCommand, email_address
from superlists.accounts.addresses import normalised
from superlists.lists.models import List, Share


class Command(FixtureCommand):
    """Shares a list with an address; a second time changes nothing."""

    help = "Share LIST (its id, or its path) with EMAIL."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list and the address."""
        parser.add_argument("list", metavar="LIST")
        parser.add_argument("email")

    def make(self, *, list: str, email: str, **_: Any) -> str:  # noqa: A002 - the option's name
        """Share the list; return with whom."""
        shared, sharee = _owned_list(list), normalised(email_address(email))
        if sharee == shared.owner_id:
            raise CommandError(f"{sharee} owns the list {list!r}")
        Share.objects.get_or_create(list=shared, email=sharee)
        return sharee


def _owned_list(text: str) -> List:
    try:
        found = List.objects.get(pk=UUID(text.rstrip("/").rsplit("/", 1)[-1]))
    except (ValueError, List.DoesNotExist) as error:
        raise CommandError(f"There is no list {text!r}") from error
    if found.owner_id is None:
        raise CommandError(f"The list {text!r} has no owner who could share it")
    return found
