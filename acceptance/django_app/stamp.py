"""The stamp `disposable for HOST` that a database bears when scenarios may empty it."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)
TABLE = "acceptance_stamp"


def stamped_sites() -> list[str]:
    """Return the names of the sites that this database is disposable for.

    Reads the table itself: production has no testing app, and no model of it.
    Raises DatabaseError when the database does not answer.
    """
    if TABLE not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT site FROM {TABLE} ORDER BY site")  # noqa: S608 - a constant
        return [site for (site,) in cursor.fetchall()]


def refuse_unstamped_database() -> None:
    """Raise CommandError unless the database is disposable for this site, and for no other."""
    try:
        sites = stamped_sites()
    except DatabaseError as error:
        raise CommandError(f"Refused: the database does not answer: {error}") from error
    if sites != [settings.SITENAME]:
        raise CommandError(
            f"Refused: the database is {_described(sites)} {settings.SITENAME}. "
            "If nothing in it is worth keeping, stamp it at a terminal: manage.py stamp_site"
        )


def refuse_to_empty() -> None:
    """Raise CommandError unless nothing in the database is worth keeping: it is this process's own, or disposable."""
    if settings.SITE_ENVIRONMENT == "production":
        raise CommandError("Refused: the database of a production site is not emptied.")
    if not is_in_memory(connection):
        refuse_unstamped_database()


def is_in_memory(database: Any) -> bool:
    """Tell whether a connection's database is within this process, where nobody else can be at work on it."""
    return database.vendor == "sqlite" and bool(database.is_in_memory_db())


def _described(sites: list[str]) -> str:
    return f"stamped as disposable for {' and '.join(sites)}, not for" if sites else "not stamped as disposable for"


def refuse_stamped_production() -> None:
    """Stop a production site from starting on a database that is marked as disposable.

    Raises ImproperlyConfigured. A database that does not answer is not refused:
    /health/ tells of it, and the site may come before its database.
    """
    if settings.SITE_ENVIRONMENT != "production":
        return
    try:
        sites = stamped_sites()
    except DatabaseError:
        logger.exception("The database did not answer when it was asked for its stamp")
        return
    if sites:
        raise ImproperlyConfigured(
            f"This production site does not start: its database is stamped as disposable for "
            f"{', '.join(sites)}. It belongs to another site; see DJANGO_DB_PATH or DATABASE_URL."
        )
