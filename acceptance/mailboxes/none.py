"""No mailbox: what needs one is skipped, and the report says so."""

from collections.abc import Callable

from acceptance.mailboxes.base import Mailbox, MailboxError, MailQuery, MailSettings, Match


class NoneMailbox(Mailbox):
    """Reads nothing."""

    unavailable = "mailbox=none reads no mail; another way is set by -D mailbox=…"

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Let the site put its mail where nobody looks."""
        return MailSettings({"EMAIL_FILE_PATH": mail_folder()})

    def now(self) -> float:
        """Refuse; raises MailboxError."""
        raise MailboxError(f"{self.unavailable}. A scenario that needs mail is tagged @mailbox.")

    def look(self, query: MailQuery) -> Match:
        """Refuse; raises MailboxError."""
        self.now()
        return Match(query, [])
