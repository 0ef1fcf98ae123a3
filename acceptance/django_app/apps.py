"""The server side of the fixtures; installed only where the site's data is disposable."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from acceptance.django_app.app_settings import LOCAL, app_settings


class AcceptanceConfig(AppConfig):
    """The app of the fixtures; stamps a local SQLite database that migrate itself made."""

    name = "acceptance.django_app"
    label = "acceptance"

    def ready(self) -> None:
        """Watch `migrate`, which sends a signal for each app."""
        self._born_empty: set[str] = set()
        pre_migrate.connect(self._look, sender=self)
        post_migrate.connect(self._stamp, sender=self)

    def _look(self, using: str, **_: Any) -> None:
        self._born_empty.discard(using)
        if not connections[using].introspection.table_names():
            self._born_empty.add(using)

    def _stamp(self, using: str, **_: Any) -> None:
        from acceptance.django_app.models import Stamp  # noqa: PLC0415 - models come after apps

        # A server's database is somebody's, even while it is empty: a person stamps it.
        own = app_settings().environment == LOCAL and connections[using].vendor == "sqlite"
        stampable = own and using in self._born_empty
        if stampable and Stamp._meta.db_table in connections[using].introspection.table_names():
            Stamp.objects.using(using).get_or_create(site=app_settings().site)
            self._born_empty.discard(using)
