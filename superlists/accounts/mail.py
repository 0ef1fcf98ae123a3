"""The one mail that the site sends, and what happens when it cannot."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, send_mail
from django.core.mail.backends.base import BaseEmailBackend

SUBJECT = "Your login link for Superlists"
BODY = "Use this link to log in:\n\n{url}"
UNSET = (
    "EMAIL_HOST is not set, so this site cannot send mail. "
    "Set EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER and EMAIL_PASSWORD."
)


class MailUnsetError(ImproperlyConfigured):
    """Mail was to be sent by a site that was not told how."""


# SMTPException is an OSError as well.
MAIL_ERRORS = (OSError, UnicodeError, ImproperlyConfigured)


class UnsetBackend(BaseEmailBackend):
    """Stands in where no mail server is named: refuses each mail with what to set."""

    def open(self) -> bool | None:
        """Refuse; raises MailUnsetError."""
        raise MailUnsetError(UNSET)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Refuse; raises MailUnsetError."""
        raise MailUnsetError(UNSET)


def send_login_link(email: str, path: str) -> None:
    """Mail the address that `path` has on this site to `email`; raises one of MAIL_ERRORS."""
    send_mail(SUBJECT, BODY.format(url=f"{settings.SITE_ORIGIN}{path}"), None, [email])
