"""Ways to read the mail that the site sends; this is the one place that chooses one by its name."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

from acceptance.mailboxes.base import Mailbox

if TYPE_CHECKING:
    from acceptance.settings import Settings

# What the setting names, and the module that has it, where the two differ.
MODULES = {"catcher": "maildev", "outbox": "django_outbox", "server": "mail_files"}


def open_mailbox(settings: "Settings", manage: Callable[..., str]) -> Mailbox:
    """Return the mailbox of a run, which has not connected to anything yet; `manage` is the target's."""
    # Each way is a module with one class. Imported when chosen: not every run needs a mail server of its own.
    module = import_module(f"acceptance.mailboxes.{MODULES.get(settings.mailbox, settings.mailbox)}")
    mailbox: Mailbox = getattr(module, f"{settings.mailbox.capitalize()}Mailbox")(settings, manage)
    return mailbox
