"""Whether the database has what this release reads; a later one's migration, or damage, may have taken it away."""

import logging

from django.apps import apps
from django.db import DatabaseError

logger = logging.getLogger(__name__)
# Of each table: what lies at its beginning alone may be whole in a database that is not.
NEWEST = 100


def fits() -> bool:
    """Tell whether each table is there with every column that is read here, and its newest rows can be read."""
    try:
        for model in apps.get_models(include_auto_created=True):
            # A column that is missing is an error whether there are rows or not.
            rows = model._base_manager.values_list()
            list(rows[:1])
            list(rows.order_by("-pk")[:NEWEST])
    except DatabaseError:
        logger.exception("The database lacks what this release reads, or it is damaged")
        return False
    return True
