"""What mailboxes elsewhere have in common: whom they trust, which mail is new, and what may pass."""

import time
from collections.abc import Callable, Iterable
from math import inf

from acceptance.mailboxes.base import Mailbox, MailboxError, MailQuery, MailSettings
from acceptance.settings import Settings
from acceptance.waiting import NotSeenError, eventually

ANSWER_WITHIN_S = 10.0


class ExternalMailbox(Mailbox):
    """A mailbox to which the site's mail goes by a server of others.

    What a mail says of its own time is another machine's clock. So a mail is new
    if no look before showed it; what the very first look shows is of unknown age.
    """

    def __init__(self, settings: Settings, manage: Callable[..., str]) -> None:
        super().__init__(settings, manage)
        self.user, self.password = settings.mailbox_user, settings.mailbox_password
        self.timeout_s = min(settings.mailbox_wait, ANSWER_WITHIN_S)
        # Who vouches for the server, where the usual authorities do not.
        self.authority = settings.mailbox_ca
        # When each mail was first seen, by its id.
        self._arrived: dict[str, float] = {}
        self._first_look = True

    def settings_for_site(self, mail_folder: Callable[[], str]) -> MailSettings:
        """Let the site send by the mail server that the run's environment names."""
        return MailSettings(self.settings.mail_server, authority=self.authority.read_text() if self.authority else "")

    def now(self) -> float:
        """Note which mails are there already; return the moment after that."""
        nothing = MailQuery("", "", inf)
        try:
            eventually(
                lambda: self.look(nothing),
                lambda _: True,
                what=f"a look into {self}",
                within_s=self.timeout_s,
                poll_s=self.poll_s,
            )
        except NotSeenError as error:
            raise MailboxError(str(error)) from error
        return time.time()

    def new_mails(self, ids: Iterable[str], after: float, looked_at: float) -> dict[str, float]:
        """Note the ids that a look showed which began at `looked_at`; return the new ones, and when they arrived."""
        ids = list(ids)
        for each in ids:
            self._arrived.setdefault(each, -inf if self._first_look else looked_at)
        self._first_look = False
        return {each: self._arrived[each] for each in ids if self._arrived[each] >= after}

    def untrusted(self, reason: str) -> MailboxError:
        """Return what is wrong with a certificate."""
        return MailboxError(
            f"The certificate of {self} is not trusted: {reason.rstrip('.')}. "
            "The authority that vouches for it, where the usual ones do not: -D mailbox.ca=FILE"
        )

    def login_refused(self, answer: str) -> MailboxError:
        """Return why nobody gets in."""
        return MailboxError(
            f"{self} refuses the login of {self.user or 'nobody'}{answer}. "
            "The user is set by -D mailbox.user=…. The password is taken from MAILBOX_PASSWORD."
        )
