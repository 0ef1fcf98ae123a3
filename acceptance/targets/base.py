"""The contract of every target. A new kind of target is one more file that keeps it."""

from abc import ABC, abstractmethod
from pathlib import Path

from acceptance.mailboxes.base import Mailbox
from acceptance.targets.health_client import SiteIdentity, health, identity


class TargetError(Exception):
    """The site under test cannot be started, or can no longer be reached."""


class RunRefusedError(TargetError):
    """A run that is not begun, for the safety of what people keep on the site."""


class FixtureError(Exception):
    """A fixture command that failed, with its last output."""


class Target(ABC):
    """A running site: in this process, in a container, or on a server."""

    base_url = ""
    mailbox: Mailbox
    # Whether people keep data on the site, so that nothing may be sent to it. Known of a site on a server
    # from the beginning, of others once they are started.
    read_only = False
    # Whom to trust besides the usual certificate authorities.
    authority: Path | None = None
    _identity: SiteIdentity | None = None

    def one_worker_reason(self, *, fixtures: bool) -> str:
        """Return why no two workers can be on this site, with fixtures or without; empty where each has its own.

        It is asked before start(), and does no I/O.
        """
        return ""

    def prepare(self) -> None:  # noqa: B027 - most need nothing
        """Do once what the sites of several workers have in common, before any of them is started; raises TargetError.

        It leaves no thread and no connection: the workers are forks of this process.
        """

    def remove_orphans(self) -> None:  # noqa: B027 - most leave nothing
        """Remove what killed workers have left of their sites; raises TargetError."""

    @abstractmethod
    def start(self) -> None:
        """Bring the site up; raises TargetError with the reason, and leaves nothing behind."""

    @abstractmethod
    def stop(self) -> None:
        """Bring down what start() brought up; safe to call twice, or after a failed start."""

    def fixtures_unavailable(self) -> str:
        """Return why the site takes no fixtures, so that only @smoke scenarios can run on it; empty where it does.

        Where the site runs already this opens the channel, and so takes the lock on its database.
        """
        return ""

    @abstractmethod
    def manage(self, command: str, *args: str) -> str:
        """Run a fixture command where the site runs; return what it printed, stripped.

        Raises FixtureError with the command's last output when it fails, and
        TargetError when the site can no longer be reached.
        """

    @abstractmethod
    def log(self, scenario_id: str, since: float) -> str:
        """Return the site's log of one scenario, which began at `since` (seconds since the epoch)."""

    def failure_reason(self) -> str:
        """Return why no further scenario can run on this site; empty while it lives."""
        return ""

    def identity(self) -> SiteIdentity:
        """Return which site this is, as it says on /health/; asked of the site once."""
        if self._identity is None:
            self._identity = identity(health(self.base_url, self.authority))
        return self._identity
