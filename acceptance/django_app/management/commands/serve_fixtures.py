"""`manage.py serve_fixtures`: fixture commands one after another, without starting Django for each."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from acceptance.django_app import lock
from acceptance.django_app.app_settings import app_settings
from acceptance.django_app.channel_server import SILENCE_S, ChannelServer
from acceptance.django_app.fixture_command import fixture_commands
from acceptance.django_app.guard import refuse_unless_disposable


class Command(BaseCommand):
    """Speaks JSON lines on standard input and output, and holds the database's lock meanwhile."""

    help = "Answer fixture commands, a JSON line each, until the end of input; nobody else resets the site meanwhile."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own type

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who asks, how long to wait for the lock, and the timeout without input."""
        parser.add_argument("--holder", default="", metavar="WHO", help="told to whoever comes next")
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="for the lock; default: 0")
        parser.add_argument(
            "--silence", type=float, default=SILENCE_S, metavar="SECONDS", help=f"default: {SILENCE_S:g}"
        )

    def handle(self, *, holder: str, wait: float, silence: float, **_: Any) -> None:
        """Refuse, or serve; raises CommandError before anything is said."""
        refuse_unless_disposable()
        # Loaded now, the first request does not have to wait for it.
        fixture_commands()
        # What anyone prints by the way is not an answer.
        sink = os.dup(1)
        os.dup2(2, 1)
        server = ChannelServer(0, sink, silence_s=silence)
        with lock.hold(holder, wait_s=wait, is_abandoned=server.is_abandoned):
            refuse_unless_disposable()
            server.serve(app_settings().site)
