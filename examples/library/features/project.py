"""What the engine has to know of the library."""

import secrets
from pathlib import Path

from acceptance.project import Cast, Project, SiteImage


def container_environment(name: str, _origin: str) -> dict[str, str]:
    """Return what the site in a container of this name is told of itself."""
    return {
        "SITE_ENVIRONMENT": "docker",
        "LIBRARY_FIXTURES": "1",
        "LIBRARY_SITE": name,
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
    }


PROJECT = Project(
    name="library",
    settings_module="library.settings",
    resting_path="/blank/",
    cast=Cast(people=("Rosa", "Amir"), strangers=("Boris",)),
    root=Path(__file__).resolve().parent.parent,
    site_variables=("DATABASE_URL", "DJANGO_*", "LIBRARY_*", "SITE_ENVIRONMENT"),
    local_environment={"SITE_ENVIRONMENT": "local", "LIBRARY_FIXTURES": "1"},
    # The second is what `make base-image` makes where no registry answers.
    image=SiteImage(bases=("python:3.13-slim", "superlists-base:bookworm")),
    container_environment=container_environment,
)
