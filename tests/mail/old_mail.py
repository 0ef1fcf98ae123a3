"""Mail that nobody deleted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

SUBJECT = "Your login link for Superlists"
TEXT = "Use this link to log in:\n\n{site}/accounts/login/{token}/"


def old_logins(count: int, to: str = "edith@example.com", site: str = "http://127.0.0.1:8888") -> Iterator[bytes]:
    """Go through login mails to the same person, who asked for them at other times."""
    for number in range(count):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "noreply@example.com", to, SUBJECT
        mail["Date"] = format_datetime(datetime.now(UTC) - timedelta(hours=count - number))
        mail.set_content(TEXT.format(site=site, token=f"old-{number}"))
        yield mail.as_bytes()
