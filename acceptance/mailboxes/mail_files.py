"""Mail that the site writes to files, read back where the site runs."""

import json
from collections.abc import Callable
from typing import Any

from acceptance.mailboxes.base import Mailbox, MailboxError, MailQuery, MailSettings, Match
from acceptance.mailboxes.message import read_message
from acceptance.targets.base import FixtureError

# A file's time comes from a clock that may be a tick behind.
CLOCK_TICK_S = 0.01
NO_MAIL_YET = "inf"


class ServerMailbox(Mailbox):
    """Reads mail by a fixture command, and tells time by the clock of the site's machine."""

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Let the site write its mail to files."""
        return MailSettings({"EMAIL_FILE_PATH": mail_folder()})

    def now(self) -> float:
        """Return the time where the site runs; raises MailboxError where it writes no files."""
        return float(self._read(NO_MAIL_YET)["now"])

    def look(self, query: MailQuery) -> Match:
        """Return what the site has written since."""
        written = self._read(repr(query.after - CLOCK_TICK_S))["mail"]
        mails = [read_message(mail["source"].encode("latin-1"), mail["arrived"] + CLOCK_TICK_S) for mail in written]
        return Match(query, mails)

    def _read(self, after: str) -> dict[str, Any]:
        try:
            read_mail: dict[str, Any] = json.loads(self.manage("read_mail", f"--after={after}"))
        except FixtureError as error:
            raise MailboxError(f"mailbox=server reads mail that the site writes to files. {error}") from error
        return read_mail
