"""What the engine has to know of Superlists."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from acceptance.project import Cast, Project, SiteImage

ROOT = Path(__file__).resolve().parent.parent


def container_environment(name: str, origin: str) -> dict[str, str]:
    """Return what the site in a container is told of itself: a disposable one, as far as that goes like production."""
    return {
        "SITE_ENVIRONMENT": "docker",
        "SUPERLISTS_TESTING": "1",
        "SITENAME": name,
        "SITE_ORIGIN": origin,
        "DJANGO_ALLOWED_HOST": urlsplit(origin).hostname or "",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
    }


PROJECT = Project(
    name="superlists",
    settings_module="superlists.settings",
    resting_path="/blank/",
    cast=Cast(people=("Edith", "Francis", "Onesiphorus"), strangers=("Boris",), columns=("who",)),
    secrets=(r"(/accounts/login/)[^/\s\"'<>?]+",),
    root=ROOT,
    site_variables=("SITE*", "SUPERLISTS_TESTING", "DATABASE_URL", "DJANGO_*", "EMAIL_*"),
    local_environment={"SITE_ENVIRONMENT": "local", "SUPERLISTS_TESTING": "1"},
    origin_setting="SITE_ORIGIN",
    image=SiteImage(
        dockerfile="deploy/Dockerfile",
        # The second is made of Debian's packages where no registry answers: `make base-image`.
        bases=("python:3.13-slim", "superlists-base:bookworm"),
        requirements="superlists/requirements.txt",
        wheels="deploy/wheels",
    ),
    container_environment=container_environment,
    container_advice="""Scenarios other than @smoke need a site whose data is disposable:
  its container started with SITE_ENVIRONMENT=docker, SUPERLISTS_TESTING=1, EMAIL_FILE_PATH=/data/mail
  and SITE_ORIGIN={url},
  its database stamped by a person: docker exec -it {name} python manage.py stamp_site""",
    server_manage=("/home/{user}/sites/{host}/manage",),
    server_log=(
        *("journalctl", "--since=@{since}", "--output=json", "--no-pager", "--quiet"),
        *("_SYSTEMD_UNIT=superlists-{host}.service", "+", "UNIT=superlists-{host}.service", "_PID=1"),
        *("+", "SYSLOG_IDENTIFIER=superlists-{host}"),
    ),
    server_advice="`fab doctor {name}` finds what is broken.",
)
