"""Whether the database has what this release reads; a later one's migration may have taken it away."""

import logging

from django.apps import apps
from django.db import DatabaseError

logger = logging.getLogger(__name__)


def fits() -> bool:
    """Tell whether each table is there with every column that is read here."""
    try:
        for model in apps.get_models(include_auto_created=True):
            # A column that is missing is an error whether there are rows or not.
            list(model._base_manager.values_list()[:1])
    except DatabaseError:
        logger.exception("The database lacks what this release reads")
        return False
    return True
