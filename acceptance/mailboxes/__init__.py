"""Ways to read the mail that the site sends; this is the one place that chooses one by its name."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acceptance.mailboxes.base import Mailbox
    from acceptance.settings import Config

# Each is a module of this room.
WAYS = ("outbox", "smtp", "server", "pop3", "catcher", "none")


def open_mailbox(config: "Config", manage: Callable[..., str]) -> "Mailbox":
    """Return the mailbox of a run, which has not reached for anything yet; `manage` is the target's."""
    # Imported when chosen: not every run needs a mail server of its own.
    opened: Mailbox = import_module(f"acceptance.mailboxes.{config.mailbox}").opened(config, manage)
    return opened
