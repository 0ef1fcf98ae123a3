"""`manage.py reset_site --site NAME`: empty the product's tables."""

from typing import Any

from django.core.management.base import CommandParser

from acceptance.django_app import database_lock as lock
from acceptance.django_app.fixture_command import FixtureCommand
from acceptance.django_app.guard import refuse_another_site, refuse_unless_disposable
from acceptance.django_app.reset import empty_product_tables


class Command(FixtureCommand):
    """Removes all people, lists and sessions from the site the caller names."""

    help = "Remove all people, lists and sessions from this site, which is to be NAME."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the site that the caller means."""
        parser.add_argument("--site", required=True, metavar="NAME")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="while someone else is at work on it"
        )

    def make(self, *, site: str, wait: float, **_: Any) -> str:
        """Empty the tables; return what was emptied."""
        refuse_another_site(site)
        with lock.held(lock.this_process(), wait_s=wait):
            refuse_unless_disposable()
            empty_product_tables()
        return f"{site} is empty"
