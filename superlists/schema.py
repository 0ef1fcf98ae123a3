"""Whether the database has what this release reads; a later one's migration, or damage, may have taken it away."""

import logging

from django.apps import apps
from django.db import DatabaseError, connection, models

logger = logging.getLogger(__name__)
# Of each table: what lies at its beginning alone may be whole in a database that is not.
NEWEST = 100


def fits() -> bool:
    """Tell whether each table is there with every column that is read here, takes new rows, and can be read."""
    try:
        for model in apps.get_models(include_auto_created=True):
            # A column that is missing is an error whether there are rows or not.
            rows = model._base_manager.values_list()
            list(rows[:1])
            list(rows.order_by("-pk")[:NEWEST])
            if column := _unknown_but_needed(model):
                told = "%s.%s, which this release does not know, has to be given; it needs a db_default, or null=True"
                logger.error(told, model._meta.db_table, column)
                return False
    except DatabaseError:
        logger.exception("The database lacks what this release reads, or it is damaged")
        return False
    return True


def _unknown_but_needed(model: type[models.Model]) -> str:
    """Return a column that each new row has to fill and that is not of this release; nothing if there is none."""
    known = {field.column for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        there = connection.introspection.get_table_description(cursor, model._meta.db_table)
    needed = (column.name for column in there if not column.null_ok and column.default is None)
    return next((name for name in needed if name not in known), "")
