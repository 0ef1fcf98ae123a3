"""What a project tells this app: `ACCEPTANCE` in its Django settings."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# A developer's own machine.
LOCAL = "local"


@dataclass(frozen=True)
class AppSettings:
    """The keys of `ACCEPTANCE`; what a project leaves out is as it has to be in production."""

    # The site's name, which the stamp of its database names.
    site: str
    # Which of the project's environments this is.
    environment: str = "production"
    # Whether this process was told to offer fixture commands.
    fixtures: bool = False
    # The environments in which nobody minds when scenarios remove all data.
    disposable_environments: tuple[str, ...] = (LOCAL, "docker", "staging")
    # Whose rows reset_site deletes: labels of apps, or of single models such as "auth.User".
    emptied: tuple[str, ...] = ("sessions",)

    @property
    def is_disposable(self) -> bool:
        """Whether this environment is one in which data may be removed."""
        return self.environment in self.disposable_environments


def app_settings() -> AppSettings:
    """Return what the project says; raises ImproperlyConfigured."""
    try:
        project: Any = settings.ACCEPTANCE
        return AppSettings(**project)
    except (AttributeError, TypeError) as error:
        allowed = ", ".join(AppSettings.__dataclass_fields__)
        raise ImproperlyConfigured(
            f"ACCEPTANCE in the settings has to be a dict with 'site'; allowed: {allowed} ({error})"
        ) from error
