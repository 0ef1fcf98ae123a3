"""What keeps fixtures away from data worth keeping: the environment, the site's name, the stamp of the database.

The stamp says `disposable for SITE`. Production reads it as well, without this app being installed.
"""

import logging
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from acceptance.django_app.app_settings import app_settings

logger = logging.getLogger(__name__)
TABLE = "acceptance_stamp"


def refuse_unless_disposable() -> None:
    """Raise CommandError unless this site's environment and its database allow fixtures."""
    refuse_environment()
    refuse_unstamped_database()


def refuse_environment() -> None:
    """Raise CommandError where the environment is not one for fixtures."""
    ours = app_settings()
    if not (ours.is_disposable and ours.fixtures):
        raise CommandError(
            f"Refused: there are no fixtures in the environment {ours.environment!r}. "
            f"They need the environment {' or '.join(ours.disposable_environments)}, and to be asked for; "
            "see ACCEPTANCE in the settings."
        )


def refuse_another_site(name: str) -> None:
    """Raise CommandError unless the caller means this very site."""
    if name != app_settings().site:
        raise CommandError(f"Refused: you mean the site {name!r}, but this is {app_settings().site!r}.")


def refuse_unstamped_database() -> None:
    """Raise CommandError unless the database is disposable for this site, and for no other."""
    site = app_settings().site
    try:
        sites = stamped_sites()
    except DatabaseError as error:
        raise CommandError(f"Refused: the database does not answer: {error}") from error
    if sites != [site]:
        stamp = (
            f"stamped as disposable for {' and '.join(sites)}, not for" if sites else "not stamped as disposable for"
        )
        raise CommandError(
            f"Refused: the database is {stamp} {site}. "
            "If nothing in it is worth keeping, stamp it at a terminal: manage.py stamp_site"
        )


def refuse_to_empty() -> None:
    """Raise CommandError unless nothing in the database is worth keeping: it is this process's own, or disposable."""
    if not app_settings().is_disposable:
        raise CommandError("Refused: the database of a production site is not emptied.")
    if not is_in_memory(connection):
        refuse_unstamped_database()


def refuse_stamped_production() -> None:
    """Stop a production site from starting on a database that is marked as disposable.

    Raises ImproperlyConfigured. A database that does not answer is not refused:
    the site's health page tells of it, and the site may come before its database.
    """
    if app_settings().is_disposable:
        return
    try:
        sites = stamped_sites()
    except DatabaseError:
        logger.exception("The database did not answer when it was asked for its stamp")
        return
    if sites:
        raise ImproperlyConfigured(
            f"This production site does not start: its database is stamped as disposable for "
            f"{', '.join(sites)}. It belongs to another site; see DATABASES in the settings."
        )


def stamped_sites() -> list[str]:
    """Return the names of the sites that this database is disposable for.

    Reads the table itself: production has no model of it.
    Raises DatabaseError when the database does not answer.
    """
    if TABLE not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT site FROM {TABLE} ORDER BY site")  # noqa: S608 - a constant
        return [site for (site,) in cursor.fetchall()]


def is_in_memory(database: Any) -> bool:
    """Tell whether a connection's database is within this process, where nobody else can be at work on it."""
    return database.vendor == "sqlite" and bool(database.is_in_memory_db())
