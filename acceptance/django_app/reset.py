"""Emptying the product's tables, and no others."""

from django.apps import apps
from django.db import connection, models, transaction

PRODUCT_APPS = ("accounts", "lists", "sessions")


def product_models() -> list[type[models.Model]]:
    """Return every model whose rows belong to a scenario, tables between models included."""
    return [
        model for label in PRODUCT_APPS for model in apps.get_app_config(label).get_models(include_auto_created=True)
    ]


def empty_product_tables() -> None:
    """Delete all rows of the product's tables, and nothing else, in one transaction.

    One DELETE a table: Django's own flush would also erase the stamp, and its
    post_migrate takes ten times as long. Foreign keys are checked at the end.
    """
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for model in product_models():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 - Django's own names
