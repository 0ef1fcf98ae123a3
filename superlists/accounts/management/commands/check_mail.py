"""`manage.py check_mail`: whether the mail server lets this site send."""

from typing import Any

from django.conf import settings
from django.core import mail
from django.core.management.base import BaseCommand, CommandError

from superlists.accounts.mail import MAIL_ERRORS


class Command(BaseCommand):
    """Connects and logs in to the mail server; sends nothing."""

    help = "Connect and log in to the mail server, and send nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print where mail goes; raises CommandError when it cannot go there."""
        try:
            with mail.get_connection(fail_silently=False):
                self.stdout.write(f"Mail can be sent: {_destination()}")
        except MAIL_ERRORS as error:
            raise CommandError(f"Mail cannot be sent: {_destination()}: {error}") from error


def _destination() -> str:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return f"into files in {settings.EMAIL_FILE_PATH}"
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        login = f", logged in as {settings.EMAIL_HOST_USER}" if settings.EMAIL_HOST_USER else ""
        return f"by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}{login}"
    return f"by {settings.EMAIL_BACKEND}"
