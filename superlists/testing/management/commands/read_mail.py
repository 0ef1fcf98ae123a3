"""`manage.py read_mail`: the mail that the site wrote to files instead of sending it."""

import email
import json
import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from superlists.testing.fixture import FixtureCommand

# What Django's file backend writes after each message. A body may hold such a line too, but no message after it.
SEPARATOR = re.compile(rb"\n-{79}\n(?=Content-Type: |\Z)")


class Command(FixtureCommand):
    """Prints messages as JSON: to, subject, body, and when each was written."""

    help = "Print the mail in EMAIL_FILE_PATH as a JSON list of {to, subject, body, arrived}, oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take since when."""
        parser.add_argument("--after", type=float, default=0, metavar="SECONDS", help="since the epoch")

    def make(self, *, after: float, **_: Any) -> str:
        """Return the messages since then."""
        if not settings.EMAIL_FILE_PATH:
            raise CommandError("Mail is not written to files here; set EMAIL_FILE_PATH for that")
        folder = Path(settings.EMAIL_FILE_PATH)
        files = sorted((path.stat().st_mtime, path) for path in folder.glob("*.log"))
        return json.dumps([mail for arrived, path in files if arrived >= after for mail in _mails(path, arrived)])


def _mails(path: Path, arrived: float) -> Iterator[dict[str, Any]]:
    # After the last separator comes nothing, or a message that is still being written.
    *whole, _ = SEPARATOR.split(path.read_bytes())
    for raw in whole:
        message = email.message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        body = message.get_body(("plain",))
        yield {
            "to": str(message["To"]),
            "subject": str(message["Subject"]),
            "body": body.get_content() if body else "",
            "arrived": arrived,
        }
