"""A site on a server: over HTTP as anyone sees it, and for fixtures and logs over one SSH connection."""

import json
import subprocess
from functools import partial
from typing import Any

from acceptance.images import ROOT
from acceptance.mailboxes import open_mailbox
from acceptance.remote_command import Command
from acceptance.settings import Config
from acceptance.sites import Site, SitesError, require_key
from acceptance.ssh import Server, ServerError
from acceptance.targets.base import RunRefusedError, SiteIdentity, TargetError
from acceptance.targets.fixture_channel import Channel, serve_fixtures
from acceptance.targets.health import health, identity
from acceptance.targets.site_log import lines_of, up_to_now
from deploy.doctor import diagnosis
from deploy.runtimes import runtime_of
from deploy.site_layout import SiteLayout
from deploy.site_lock import lock_state


class ServerTarget:
    """Superlists on a server that the sites file names."""

    def __init__(self, config: Config) -> None:
        """Reach for nothing yet."""
        assert config.site  # noqa: S101 - read with the settings
        self._site: Site = config.site
        self._layout = SiteLayout(config.site)
        self._lock_wait_s = config.lock_wait
        self._server: Server | None = None
        self._channel: Channel | None = None
        self._identity: SiteIdentity | None = None
        self._no_fixtures: str | None = None
        self.base_url = config.site.base_url
        self.mailbox = open_mailbox(config, self.manage)

    def start(self) -> None:
        """See that the site is there, well, and the one that is meant; raises TargetError."""
        try:
            said = health(self.base_url, self._site.authority)
        except (OSError, ValueError) as error:
            raise TargetError(
                f"The site {self._site.name} does not answer at {self.base_url}: {error}\n{diagnosis(self._site)}"
            ) from error
        if not said["healthy"]:
            raise TargetError(f"The site {self._site.name} is not healthy: {said}\n{diagnosis(self._site)}")
        self._identity = identity(said)
        self._refuse_another()
        print(f"{self._site.name}: {self.base_url}, {self._identity.environment}, release {self._identity.release}")
        if (commit := _commit()) and not commit.startswith(self._identity.release.partition("-")[0]):
            print(f"These features are of {commit[:12]}; what fails may be what that release does not do yet.")

    def _refuse_another(self) -> None:
        seen = self.identity()
        if (seen.name, seen.environment) != (self._site.host, self._site.environment):
            raise RunRefusedError(
                f"The sites file says that {self._site.name} is {self._site.host}, {self._site.environment}; "
                f"but the site at {self.base_url} is {seen.name}, {seen.environment}. Nothing was done."
            )

    def fixtures_unavailable(self) -> str:
        """Return why the site takes no fixtures; to tell, the channel is opened."""
        if self._no_fixtures is None:
            self._no_fixtures = self._open_channel()
        return self._no_fixtures

    def _open_channel(self) -> str:
        if not self._site.disposable:
            return f"{self._site.name} is a production site: only @smoke scenarios run on it, and touch no data."
        try:
            server = self._connected()
            if self._lock_wait_s:
                # To ask takes a tenth of a second, and who does not wait is told by the refusal.
                print(f"{self._site.name}: the lock is {lock_state(server, self._layout)}")
            process = server.open(self._layout.manage(*serve_fixtures(self._lock_wait_s)))
            self._channel = Channel(process, lock_wait_s=self._lock_wait_s)
            print(f"{self._site.name}: the lock is this run's")
        except (ServerError, TargetError) as error:
            return f"The site {self._site.name} takes no fixtures. {error}"
        return ""

    def _connected(self) -> Server:
        if self._server is None:
            try:
                require_key(self._site)
            except SitesError as error:
                raise TargetError(str(error)) from error
            self._server = Server(self._site)
        return self._server

    def stop(self) -> None:
        """Let go of the site; it runs on as it did before."""
        if self._channel:
            self._channel.close()
        if self._server:
            self._server.close()
        self._channel = self._server = None

    def manage(self, command: str, *args: str) -> str:
        """Run a fixture command through the channel."""
        if self._identity is None:
            # Nobody has seen yet that it is the site that is meant.
            raise TargetError(f"The fixture channel to {self._site.name} is not open.")
        if self.fixtures_unavailable() or self._channel is None:
            raise TargetError(self.fixtures_unavailable() or "The fixture channel is not open.")
        return self._channel.manage(command, *args)

    def log(self, scenario_id: str, since: float) -> str:
        """Return what the site wrote to the journal since then."""
        try:
            lines = up_to_now(partial(self._lines, self._connected(), since), self.base_url, self._site.authority)
        except (ServerError, TargetError) as error:
            return f"The server's log is not to be had: {error}"
        return lines_of(scenario_id, lines)

    def _lines(self, server: Server, since: float) -> list[str]:
        whose = runtime_of(self._site).journal(self._layout)
        argv = ("journalctl", whose, f"--since=@{since:.6f}", "--output=json", "--no-pager", "--quiet")
        asked = Command(argv, step=f"Reading the log, {whose}")
        return [_message(json.loads(line)) for line in server.run(asked).splitlines()]

    def failure_reason(self) -> str:
        """Return how the channel ended, if it did."""
        return self._channel.ended if self._channel else ""

    def identity(self) -> SiteIdentity:
        """Return what /health/ said."""
        if self._identity is None:
            self._identity = identity(health(self.base_url, self._site.authority))
        return self._identity


def _message(entry: dict[str, Any]) -> str:
    """Return an entry's text, which the journal gives as bytes when there is something unprintable in it."""
    said = entry.get("MESSAGE") or ""
    return bytes(said).decode(errors="replace") if isinstance(said, list) else str(said)


def _commit() -> str:
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    except OSError:
        return ""
