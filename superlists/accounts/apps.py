"""Who uses the site: people known by their address, who log in by a mailed link."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from acceptance.django_app.guard import refuse_to_empty


class AccountsConfig(AppConfig):
    """The accounts app; it is installed everywhere, and keeps `migrate` from taking tables away."""

    name = "superlists.accounts"

    def ready(self) -> None:
        """Watch `migrate`, which says what it is going to do."""
        pre_migrate.connect(self._look, sender=self)

    def _look(self, plan: list[tuple[Any, bool]], **_: Any) -> None:
        if any(backwards for _, backwards in plan):
            refuse_to_empty()
