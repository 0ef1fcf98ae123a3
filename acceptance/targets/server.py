"""A site on a server: over HTTP as anyone sees it, and for fixtures and logs over one SSH connection."""

import json
import subprocess

from acceptance.project import project
from acceptance.remote_command import Command
from acceptance.settings import Settings
from acceptance.sites import Site, SitesError, require_key
from acceptance.ssh import RemoteProcess, Server, ServerError
from acceptance.targets.base import RunRefusedError, TargetError
from acceptance.targets.fixture_channel import ChannelTarget
from acceptance.targets.health_client import health, identity


class ServerTarget(ChannelTarget):
    """A site on a server that the sites file names."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        assert settings.site  # noqa: S101 - read with the settings
        self._site: Site = settings.site
        self._server: Server | None = None
        self.base_url, self.authority = settings.site.base_url, settings.site.authority
        self.read_only = not settings.site.disposable
        if self.read_only:
            # Known without a look at it.
            name = settings.site.name
            self._fixtures_unavailable = (
                f"{name} is a production site: only @smoke scenarios run on it, and touch no data."
            )

    def start(self) -> None:
        """See that the site is there, well, and the one that is meant; raises TargetError."""
        site = self._site
        advice = project().server_advice.format(name=site.name)
        try:
            status = health(self.base_url, self.authority)
        except (OSError, ValueError) as error:
            raise TargetError(f"The site {site.name} does not answer at {self.base_url}: {error}\n{advice}") from error
        if not status["healthy"]:
            raise TargetError(f"The site {site.name} is not healthy: {status}\n{advice}")
        self._identity = seen = identity(status)
        if (seen.name, seen.environment) != (site.host, site.environment):
            raise RunRefusedError(
                f"The sites file says that {site.name} is {site.host}, {site.environment}; "
                f"but the site at {self.base_url} is {seen.name}, {seen.environment}. Nothing was done."
            )
        if not self.read_only:
            self._fixtures_unavailable = None
        print(f"{site.name}: {self.base_url}, {seen.environment}, release {seen.release}")
        if (commit := _commit()) and not commit.startswith(seen.release.partition("-")[0]):
            print(f"These features are of {commit[:12]}; what fails may be what that release does not do yet.")

    def described(self) -> str:
        """Return what a message calls the site."""
        return f"The site {self._site.name}"

    def fixture_process(self, arguments: list[str]) -> RemoteProcess:
        """Start manage.py over SSH, as the sites file says."""
        if self._lock_wait_s:
            print(f"{self._site.name}: waits up to {self._lock_wait_s:g} s while its database is in use")
        manage = self._arguments(self._site.manage or project().server_manage)
        command = Command((*manage, *arguments), step="Opening the fixture channel")
        try:
            return self._connected().open(command)
        except ServerError as error:
            raise TargetError(str(error)) from error

    def read_log(self, since: float) -> list[str]:
        """Return what the site's log has since then, as the sites file says."""
        arguments = self._arguments(self._site.log or project().server_log, since=f"{since:.6f}")
        if not arguments:
            raise TargetError(f'the sites file names no command for it, such as {self._site.name}.log = ["journalctl"]')
        try:
            entries = self._connected().run(Command(arguments, step="Reading the log")).splitlines()
        except ServerError as error:
            raise TargetError(str(error)) from error
        return [_message(entry) for entry in entries]

    def _arguments(self, command: tuple[str, ...], **values: str) -> tuple[str, ...]:
        """Return a command of the sites file or of the project, with what its {names} stand for."""
        for name, value in {"user": self._site.ssh.user, "host": self._site.host, **values}.items():
            command = tuple(argument.replace(f"{{{name}}}", value) for argument in command)
        return command

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
        self.close_channel()
        if self._server:
            self._server.close()
        self._server = None


def _message(line: str) -> str:
    """Return the text of a line of the log; journald gives what is unprintable as a list of bytes."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    message = entry.get("MESSAGE", line) or "" if isinstance(entry, dict) else line
    return bytes(message).decode(errors="replace") if isinstance(message, list) else str(message)


def _commit() -> str:
    command = ["git", "-C", str(project().root), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    except OSError:
        return ""
