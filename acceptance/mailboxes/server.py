"""Mail that the site writes to files, read back where the site runs."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from acceptance.mailboxes.base import MailboxError, Message, Route
from acceptance.mailboxes.mail_parser import read
from acceptance.mailboxes.mail_query import Awaited, Sight, await_mail
from acceptance.targets.base import FixtureError

if TYPE_CHECKING:
    from acceptance.settings import Config

# A file's time comes from a clock that may be a tick behind.
CLOCK_TICK_S = 0.01
NO_MAIL_YET = "inf"


class ServerMailbox:
    """Reads mail by a fixture command, and tells time by the clock of the site's machine."""

    refusal = ""

    def __init__(self, manage: Callable[..., str], wait_s: float) -> None:
        """Read by way of a target's `manage`."""
        self._manage = manage
        self._wait_s = wait_s

    def route(self, folder: Callable[[], str]) -> Route:
        """Let the site write its mail to files."""
        return Route({"EMAIL_FILE_PATH": folder()})

    def mark(self) -> float:
        """Return the time where the site runs; raises MailboxError where it writes no files."""
        return float(self._read(NO_MAIL_YET)["now"])

    def wait_for(self, to: str, subject: str, after: float, *, site: str = "") -> Message:
        """Return the newest of the mails that are the awaited one."""
        awaited = Awaited(to, subject, after, site)

        def look() -> Sight:
            written = self._read(repr(after - CLOCK_TICK_S))["mail"]
            return Sight(awaited, [_message(mail) for mail in written])

        return await_mail(look, awaited, self._wait_s)[-1]

    def close(self) -> None:
        """Do nothing: the files are the site's."""

    def _read(self, after: str) -> dict[str, Any]:
        try:
            read_mail: dict[str, Any] = json.loads(self._manage("read_mail", f"--after={after}"))
        except FixtureError as error:
            raise MailboxError(f"mailbox=server reads mail that the site writes to files. {error}") from error
        return read_mail


def _message(mail: dict[str, Any]) -> Message:
    return read(mail["source"].encode("latin-1"), mail["arrived"] + CLOCK_TICK_S)


def opened(config: "Config", manage: Callable[..., str]) -> ServerMailbox:
    """Return the mailbox of a run."""
    return ServerMailbox(manage, config.mailbox_wait)
