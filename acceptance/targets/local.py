"""The site in this process; Django itself is loaded as it starts, for a browser starts meanwhile."""

import io
import logging
import os
import tempfile
import time
from collections import deque
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from acceptance.mailboxes import open_mailbox
from acceptance.mailboxes.base import MailSettings
from acceptance.project import project
from acceptance.setting_values import LOOPBACK
from acceptance.settings import Settings
from acceptance.targets.base import Target, TargetError
from acceptance.targets.site_log import lines_of

KEPT_LOG_LINES = 10_000


class LocalTarget(Target):
    """The site in this process."""

    def __init__(self, settings: Settings) -> None:
        self.mailbox = open_mailbox(settings, self.manage)
        self._host = "localhost" if settings.site_host == LOOPBACK else settings.site_host
        self._log = _LogRecorder()
        self._undo: list[Any] = []

    def start(self) -> None:
        """Set Django up, make the database, start the live server."""
        try:
            self._start()
        except Exception as error:
            self.stop()
            raise TargetError(f"The site did not start in this process: {error}") from error

    def _start(self) -> None:
        self._undo.append(self.mailbox.close)
        mail_settings = self.mailbox.settings_for_site(lambda: str(self._folder()))
        self._set_environment(mail_settings)
        from acceptance.targets import django_server as live_server  # noqa: PLC0415 - loads Django

        self.base_url = live_server.start(self._host, mail_settings, self._undo, self._log.listen)
        self.identity()

    def _folder(self) -> Path:
        """Make a folder that lasts as long as the site."""
        folder = tempfile.TemporaryDirectory(prefix=f"{project().name}-site-")
        self._undo.append(folder.cleanup)
        return Path(folder.name)

    def _set_environment(self, mail_settings: MailSettings) -> None:
        for name in [name for name in os.environ if any(fnmatchcase(name, each) for each in project().site_variables)]:
            # Nothing in a developer's shell reaches the run: above all no DATABASE_URL of another site.
            os.environ.pop(name, None)
        os.environ["DJANGO_SETTINGS_MODULE"] = project().settings_module
        os.environ |= {**project().local_environment, **mail_settings.environment}
        if mail_settings.authority:
            file = self._folder() / "authority.pem"
            file.write_text(mail_settings.authority)
            os.environ["SSL_CERT_FILE"] = str(file)

    def stop(self) -> None:
        """Undo what was done, the last first; one that fails does not keep the others."""
        while self._undo:
            with suppress(Exception):
                self._undo.pop()()

    def manage(self, command: str, *args: str) -> str:
        """Run the command in this process."""
        if not self.base_url:
            raise TargetError("The site in this process is not up.")
        from acceptance.targets import django_server as live_server  # noqa: PLC0415 - loads Django

        return live_server.manage(command, args)

    def log(self, scenario_id: str, since: float) -> str:
        """Return what the site's own handler wrote since then."""
        return lines_of(scenario_id, self._log.since(since))


class _LogRecorder(io.StringIO):
    """The stream that the site's console handler writes to."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[tuple[float, str]] = deque(maxlen=KEPT_LOG_LINES)

    def write(self, text: str) -> int:
        now = time.time()
        self._lines.extend((now, line) for line in text.splitlines() if line)
        return len(text)

    def since(self, moment: float) -> list[str]:
        return [line for written, line in self._lines if written >= moment]

    def listen(self) -> None:
        """Take the place of the terminal for every console handler of the site."""
        names = [None, "django", "django.server"]
        for handler in {handler for name in names for handler in logging.getLogger(name).handlers}:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(self)
