"""The one mail that the site sends, and what happens when it cannot."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

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
# Of the four threads of a gunicorn worker, as many may wait for the mail server. The others go on serving.
MAILS_AT_ONCE = 2
# In times of EMAIL_TIMEOUT: a server that says nothing at all has failed by then.
GIVEN_UP_AFTER = 1.2
_senders, _free_senders = ThreadPoolExecutor(MAILS_AT_ONCE), BoundedSemaphore(MAILS_AT_ONCE)


class MailUnsetError(ImproperlyConfigured):
    """Mail was to be sent by a site that was not told how."""


class MailBusyError(OSError):
    """As many mails are being sent as may be at once: the mail server is slow."""


class MailGivenUpError(OSError):
    """The mail server takes too long; the mail may arrive all the same."""


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
    """Mail the address that `path` has on this site to `email`; raises one of MAIL_ERRORS.

    For Django, EMAIL_TIMEOUT is the limit of each single answer, so a server that says a little
    now and then could go on for ever: MailGivenUpError is raised soon after that time.
    """
    if not _free_senders.acquire(blocking=False):
        raise MailBusyError(f"{MAILS_AT_ONCE} mails are being sent already, and the mail server is slow")
    sending = _senders.submit(_send, email, BODY.format(url=f"{settings.SITE_ORIGIN}{path}"))
    try:
        sending.result(settings.EMAIL_TIMEOUT * GIVEN_UP_AFTER)
    except TimeoutError as error:
        if not sending.done():
            raise MailGivenUpError("The mail server takes too long; the mail may arrive all the same") from error
        # It was the server's own, or it is over just now.
        sending.result()


def _send(email: str, text: str) -> None:
    """Send it, however long that takes; who waits hears of it once the next mail has room."""
    try:
        send_mail(SUBJECT, text, None, [email])
    finally:
        _free_senders.release()
