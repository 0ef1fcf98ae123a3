"""`GET /health/`: what this site is, and whether it can do its work."""

import logging
import subprocess
from collections.abc import Callable
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from superlists.configuration import BASE_DIR

logger = logging.getLogger(__name__)
PATH = "/health/"
# Rows of each table that are read: what lies at its beginning alone may be whole in a database that is not.
NEWEST = 100


class HealthMiddleware:
    """Answers the health request before anything else can refuse it.

    A probe on the machine itself speaks plain HTTP to a loopback address, which
    the redirect to HTTPS and the check of the host name would turn away.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap the rest of the site."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer `/health/` here; hand on everything else."""
        if request.path == PATH and request.method in ("GET", "HEAD"):
            return health()
        return self.get_response(request)


def health() -> JsonResponse:
    """Return 200 when database, migrations and schema are as they should be, else 503."""
    reachable, applied = _database_state()
    fits = applied and _schema_fits()
    healthy = reachable and applied and fits
    body = {
        "healthy": healthy,
        "site": settings.SITENAME,
        "environment": settings.SITE_ENVIRONMENT,
        "release": release(),
        "database": connection.vendor,
        "database_reachable": reachable,
        "migrations_applied": applied,
        "schema_fits": fits,
    }
    return JsonResponse(body, status=200 if healthy else 503, headers={"Cache-Control": "no-store"})


def _database_state() -> tuple[bool, bool]:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        logger.exception("The database did not answer the health check")
        return False, False
    return True, not plan


def _schema_fits() -> bool:
    """Tell whether each table is there with every column that is read here, takes new rows, and can be read.

    A later release's migration, or damage, may have taken that away.
    """
    try:
        for model in apps.get_models(include_auto_created=True):
            # A column that is missing is an error whether there are rows or not.
            rows = model._base_manager.values_list()
            list(rows[:1])
            list(rows.order_by("-pk")[:NEWEST])
            if column := _unknown_but_needed(model):
                problem = (
                    "%s.%s, which this release does not know, has to be given; it needs a db_default, or null=True"
                )
                logger.error(problem, model._meta.db_table, column)
                return False
    except (DatabaseError, ValueError, TypeError, AttributeError):
        # What stands there cannot always be read: a key that is no UUID, a time that is none.
        logger.exception("The database lacks what this release reads, or it is damaged")
        return False
    return True


def _unknown_but_needed(model: type[models.Model]) -> str:
    """Return a column that each new row has to fill and that is not of this release; nothing if there is none."""
    known = {field.column for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
    needed = (column.name for column in columns if not column.null_ok and column.default is None)
    return next((name for name in needed if name not in known), "")


@cache
def release() -> str:
    """Return which code this is: a deployed release's RELEASE file, else the commit, and whether it was changed."""
    deployed = BASE_DIR / "RELEASE"
    if deployed.exists():
        return deployed.read_text().strip()
    return _commit() or "unknown"


def _commit() -> str:
    """Return the commit, marked where files were changed or added since; nothing unless git tells both."""
    outputs = []
    for arguments in (["rev-parse", "--short", "HEAD"], ["--no-optional-locks", "status", "--porcelain"]):
        command = ["git", "-C", str(BASE_DIR), *arguments]
        try:
            ran = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            return ""
        outputs.append(ran.stdout.strip())
    commit, changes = outputs
    return f"{commit}-dirty" if changes else commit
