"""`manage.py stamp_site`: a person says that a database is disposable."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acceptance.django_app import lock
from acceptance.django_app.app_settings import app_settings
from acceptance.django_app.guard import refuse_environment
from acceptance.django_app.models import Stamp


class Command(BaseCommand):
    """Stamps the database for this site, once its name was typed at a terminal."""

    help = "Stamp the database as disposable for this site; asks to type the site's name."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, compare, stamp; raises CommandError without a terminal or on another name."""
        refuse_environment()
        if not sys.stdin.isatty():
            raise CommandError("Refused: a person has to type the site's name at a terminal.")
        # What is stamped has to be what the person was asked about.
        with lock.hold():
            self._stamp(app_settings().site)

    def _stamp(self, site: str) -> None:
        self.stdout.write(
            f"Scenarios will then EMPTY the database of {site} ({settings.DATABASES['default']['NAME']})."
        )
        try:
            answer = input(f"Type {site} to go on: ").strip()
        except EOFError:
            answer = ""
        if answer != site:
            raise CommandError(f"Refused: {answer!r} is not {site!r}. Nothing was changed.")
        Stamp.objects.exclude(site=site).delete()
        Stamp.objects.get_or_create(site=site)
        self.stdout.write(f"The database is disposable for {site}.")
