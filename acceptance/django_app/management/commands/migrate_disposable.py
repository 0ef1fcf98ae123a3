"""`manage.py migrate_disposable`: a database made from nothing, and stamped as disposable."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from acceptance.django_app.app_settings import app_settings
from acceptance.django_app.guard import refuse_environment
from acceptance.django_app.models import Stamp


class Command(BaseCommand):
    """Migrates an empty database and stamps it: what this command made itself holds nobody's data."""

    help = "Migrate a database that is EMPTY and stamp it as disposable for this site; refuses any other."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse, or migrate and stamp; raises CommandError."""
        refuse_environment()
        if tables := connection.introspection.table_names():
            raise CommandError(
                f"Refused: the database is not empty, it has {len(tables)} tables. "
                "To keep it, run manage.py migrate; if nothing in it is worth keeping, manage.py stamp_site"
            )
        call_command("migrate", interactive=False)
        stamp, _ = Stamp.objects.get_or_create(site=app_settings().site)
        self.stdout.write(f"The database is made, and disposable for {stamp.site}.")
