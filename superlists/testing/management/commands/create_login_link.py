"""`manage.py create_login_link EMAIL [--age MINUTES]`: a login link without a mail."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from acceptance.django_app.fixture_command import FixtureCommand, email_address
from superlists.accounts.models import LoginLink, login_path


class Command(FixtureCommand):
    """Prints the path of a login link, as old as one likes."""

    help = "Print the path of a new login link for EMAIL, made MINUTES ago."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and the age."""
        parser.add_argument("email")
        parser.add_argument("--age", type=int, default=0, metavar="MINUTES")

    def make(self, *, email: str, age: int, **_: Any) -> str:
        """Make the link; return its path."""
        if not 0 <= age <= 60 * 24 * 365:
            raise CommandError(f"--age is {age}; allowed: 0 to 525600 minutes")
        link, token = LoginLink.objects.make(email_address(email))
        made_at = timezone.now() - timedelta(minutes=age)
        LoginLink.objects.filter(pk=link.pk).update(created_at=made_at)
        return login_path(token)
