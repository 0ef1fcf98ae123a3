"""`manage.py reset_site --site NAME`: empty the tables of the project."""

from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.db import connection, models, transaction

from acceptance.django_app import lock
from acceptance.django_app.app_settings import app_settings
from acceptance.django_app.fixture_command import FixtureCommand
from acceptance.django_app.guard import refuse_another_site, refuse_unless_disposable


class Command(FixtureCommand):
    """Removes all that scenarios may leave behind from the site the caller names."""

    help = "Remove all rows of this project's tables from this site, which is to be NAME."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the site that the caller means."""
        parser.add_argument("--site", required=True, metavar="NAME")
        parser.add_argument(
            "--wait", type=float, default=0, metavar="SECONDS", help="while someone else is at work on it"
        )

    def make(self, *, site: str, wait: float, **_: Any) -> str:
        """Empty the tables; return what was emptied."""
        refuse_another_site(site)
        with lock.hold(wait_s=wait):
            refuse_unless_disposable()
            _empty_tables()
        return f"{site} is empty"


def _empty_tables() -> None:
    """Delete all rows of the project's tables, and nothing else, in one transaction.

    One DELETE a table: Django's own flush would also erase the stamp, and its
    post_migrate takes ten times as long. Foreign keys are checked at the end.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for model in emptied_models():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 - Django's own names


def emptied_models() -> list[type[models.Model]]:
    """Return the models that ACCEPTANCE names as emptied, tables between models included."""
    emptied: list[type[models.Model]] = []
    for label in app_settings().emptied:
        if "." in label:
            model = apps.get_model(label)
            emptied += [field.remote_field.through for field in model._meta.local_many_to_many] + [model]
        else:
            emptied += apps.get_app_config(label).get_models(include_auto_created=True)
    return emptied
