"""The contract of every target. A new kind of target is one more file that keeps it."""

from dataclasses import dataclass
from typing import Protocol

from acceptance.mailboxes.base import Mailbox


class TargetError(Exception):
    """The site under test cannot be started, or can no longer be reached."""


class RunRefusedError(TargetError):
    """A run that is not begun, for the safety of what people keep on the site."""


class FixtureError(Exception):
    """A fixture command that failed, with its last output."""


@dataclass(frozen=True)
class SiteIdentity:
    """Which site a target is, as the site itself says on /health/."""

    name: str
    environment: str
    release: str


class Target(Protocol):
    """A running site: in this process, in a container, or on a server."""

    base_url: str
    mailbox: Mailbox
    # Whether people keep data on the site, so that nothing may be sent to it. Known of a site on a server
    # from the beginning, of others once they are started.
    read_only: bool

    def one_worker_reason(self, *, fixtures: bool) -> str:
        """Return why no two workers can be on this site, with fixtures or without; empty where each has its own.

        It is asked before start(), and does no I/O.
        """

    def prepare(self) -> None:
        """Do once what the sites of several workers have in common, before any of them is started; raises TargetError.

        It leaves no thread and no connection: the workers are forks of this process.
        """

    def remove_orphans(self) -> None:
        """Remove what killed workers have left of their sites; raises TargetError."""

    def start(self) -> None:
        """Bring the site up; raises TargetError with the reason, and leaves nothing behind."""

    def stop(self) -> None:
        """Bring down what start() brought up; safe to call twice, or after a failed start."""

    def fixtures_unavailable(self) -> str:
        """Return why the site takes no fixtures, so that only @smoke scenarios can run on it; empty where it does.

        Where the site runs already this opens the channel, and so takes the lock on its database.
        """

    def manage(self, command: str, *args: str) -> str:
        """Run a fixture command where the site runs; return what it printed, stripped.

        Raises FixtureError with the command's last output when it fails, and
        TargetError when the site can no longer be reached.
        """

    def log(self, scenario_id: str, since: float) -> str:
        """Return the site's log of one scenario, which began at `since` (seconds since the epoch)."""

    def failure_reason(self) -> str:
        """Return why no further scenario can run on this site; empty while it lives."""

    def identity(self) -> SiteIdentity:
        """Return which site this is; asked of the site once."""
