"""Django's live server in this process, by behave-django, on a database in memory."""

import signal
import socket
import unittest
from collections.abc import Callable, Sequence
from typing import Any

import django
from behave_django.runner import BehaviorDrivenTestRunner
from behave_django.testcase import BehaviorDrivenTestCase
from django.conf import settings
from django.core import mail
from django.core.management import CommandError
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread

from acceptance.mailboxes.base import MailSettings
from acceptance.project import project
from acceptance.targets.base import FixtureError


def start(host: str, mail_settings: MailSettings, undo: list[Any], listen: Callable[[], None]) -> str:
    """Set Django up, make the database, start the server at this host of the machine; return its address.

    What ends each of them is appended to `undo`; `listen` is called once the site's log is set up.
    """
    django.setup()
    backend = settings.EMAIL_BACKEND
    listen()
    runner = BehaviorDrivenTestRunner(interactive=False, verbosity=0)
    runner.setup_test_environment()
    # Django has unittest swallow the first Ctrl-C; here it ends the run.
    unittest.removeHandler()
    undo.append(lambda: _tear_down(runner))
    databases = runner.setup_databases()
    undo.append(lambda: runner.teardown_databases(databases))
    if mail_settings.outbox is None:
        # Django's test environment would have it all stay here.
        settings.EMAIL_BACKEND = backend
    else:
        mail.outbox = mail_settings.outbox
    _LiveSite.host = host
    _LiveSite.setUpClass()
    undo += [_LiveSite.doClassCleanups, _LiveSite.tearDownClass]
    if project().origin_setting:
        # Its port is known only now.
        setattr(settings, project().origin_setting, _LiveSite.live_server_url)
    # Loaded while the browser starts, so that no scenario waits for it.
    from acceptance.django_app.fixture_command import fixture_commands  # noqa: PLC0415 - models come after django.setup()

    fixture_commands()
    return str(_LiveSite.live_server_url)


def manage(command: str, arguments: Sequence[str]) -> str:
    """Run a fixture command in this process; raises FixtureError."""
    from acceptance.django_app.fixture_command import call_fixture  # noqa: PLC0415 - models come after django.setup()

    try:
        return call_fixture(command, arguments)
    except CommandError as error:
        raise FixtureError(str(error)) from error


def _tear_down(runner: Any) -> None:
    """Undo Django's test environment, which would let a second Ctrl-C through while the run cleans up."""
    handler = signal.getsignal(signal.SIGINT)
    runner.teardown_test_environment()
    signal.signal(signal.SIGINT, handler)


class QuickServer(ThreadedWSGIServer):
    """The live server, without the delays that a test's server may have."""

    def get_request(self) -> tuple[socket.socket, Any]:
        """Send at once: on a kept connection, head and body of an answer would else be 40 ms apart."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # noqa: FBT003 - its signature
        return connection, address

    def serve_forever(self, poll_interval: float = 0.01) -> None:
        """Notice the end within 10 ms; the default is half a second."""
        super().serve_forever(poll_interval)

    def _close_connections(self) -> None:
        """Leave the database open: its one connection belongs to the whole run."""


class _LiveServerThread(LiveServerThread):
    server_class = QuickServer


class _LiveSite(BehaviorDrivenTestCase):  # type: ignore[misc] # behave-django is not typed
    """One live server for the whole run."""

    server_thread_class = _LiveServerThread
