"""`manage.py read_mail`: the mail that the site wrote to files instead of sending it."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from acceptance.django_app.fixture_command import FixtureCommand

# What Django's file backend writes after each message. A body may hold such a line too, but no message after it.
SEPARATOR = re.compile(rb"\n-{79}\n(?=Content-Type: |\Z)")


class Command(FixtureCommand):
    """Prints messages as JSON: the whole of each, and when it was written."""

    help = "Print the time and the mail in EMAIL_FILE_PATH, as JSON: {now, mail: [{source, arrived}, …]}, oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take since when."""
        parser.add_argument("--after", type=float, default=0, metavar="SECONDS", help="since the epoch")

    def make(self, *, after: float, **_: Any) -> str:
        """Return the time by this machine's clock, and the messages since then."""
        if not settings.EMAIL_FILE_PATH:
            raise CommandError("Mail is not written to files here; set EMAIL_FILE_PATH for that")
        now = time.time()
        folder = Path(settings.EMAIL_FILE_PATH)
        files = sorted((path.stat().st_mtime, path) for path in folder.glob("*.log"))
        mail = [mail for arrived, path in files if arrived >= after for mail in _mails(path, arrived)]
        return json.dumps({"now": now, "mail": mail})


def _mails(path: Path, arrived: float) -> Iterator[dict[str, Any]]:
    # After the last separator comes nothing, or a message that is still being written.
    *whole, _ = SEPARATOR.split(path.read_bytes())
    for source in whole:
        # Whatever the bytes mean, each is one character of this.
        yield {"source": source.decode("latin-1"), "arrived": arrived}
