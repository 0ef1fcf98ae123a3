"""`GET /health/`: what this site is, and whether it can do its work."""

import logging
import subprocess
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from superlists import schema
from superlists.configuration import BASE_DIR

logger = logging.getLogger(__name__)
PATH = "/health/"


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
    fits = applied and schema.fits()
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


@cache
def release() -> str:
    """Return which code this is: a deployed release's RELEASE file, else the commit, and whether it was changed."""
    deployed = BASE_DIR / "RELEASE"
    if deployed.exists():
        return deployed.read_text().strip()
    return _commit() or "unknown"


def _commit() -> str:
    """Return the commit, marked where files were changed or added since; nothing unless git tells both."""
    said = []
    for asked in (["rev-parse", "--short", "HEAD"], ["--no-optional-locks", "status", "--porcelain"]):
        command = ["git", "-C", str(BASE_DIR), *asked]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            return ""
        said.append(answer.stdout.strip())
    commit, changes = said
    return f"{commit}-dirty" if changes else commit
