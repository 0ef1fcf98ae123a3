"""`manage.py check_mail`: whether the mail server lets this site send."""

from smtplib import SMTP, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core import mail
from django.core.management.base import BaseCommand, CommandError

from superlists.accounts.mail import MAIL_ERRORS

# What a server answers that takes a sender.
OK = 250


class Command(BaseCommand):
    """Connects and logs in to the mail server, and asks whether it takes the site's sender; sends nothing."""

    help = "Connect and log in to the mail server, and send nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print where mail goes; raises CommandError when it cannot go there."""
        try:
            with mail.get_connection(fail_silently=False) as connection:
                _ask_for_leave(getattr(connection, "connection", None))
                self.stdout.write(f"Mail can be sent: {_destination()}")
        except MAIL_ERRORS as error:
            raise CommandError(f"Mail cannot be sent: {_destination()}: {error}") from error


def _ask_for_leave(server: SMTP | None) -> None:
    """Name the sender, and take that back: a server that demands a login says so only then."""
    if server:
        server.ehlo_or_helo_if_needed()
        code, said = server.mail(settings.DEFAULT_FROM_EMAIL)
        server.rset()
        if code != OK:
            raise SMTPSenderRefused(code, said, settings.DEFAULT_FROM_EMAIL)


def _destination() -> str:
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return f"into files in {settings.EMAIL_FILE_PATH}"
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return f"by {settings.EMAIL_HOST}:{settings.EMAIL_PORT}{_login()}"
    return f"by {settings.EMAIL_BACKEND}"


def _login() -> str:
    if not settings.EMAIL_HOST_USER:
        return ""
    if not settings.EMAIL_HOST_PASSWORD:
        return ", not logged in, for EMAIL_PASSWORD is not set"
    return f", logged in as {settings.EMAIL_HOST_USER}"
