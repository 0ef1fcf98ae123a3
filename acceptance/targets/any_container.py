"""A site in a container: what can be asked of it, whoever started it."""

import secrets
from contextlib import suppress
from functools import partial
from typing import Any

from docker.errors import DockerException, NotFound
from docker.models.containers import Container

from acceptance.mailboxes import open_mailbox
from acceptance.settings import Config
from acceptance.targets.base import FixtureError, SiteIdentity, TargetError
from acceptance.targets.fixture_channel import Channel, Pipe
from acceptance.targets.health import health, identity, visit
from acceptance.targets.site_log import lines_of, up_to_now
from acceptance.waiting import NotSeenError, eventually

MANAGE = ["python", "manage.py"]
LOG_LINES_SHOWN = 40
LOG_LINES_SEARCHED = 200
LOGGED_WITHIN_S = 5.0
ENDED_WITHIN_S = 1.0


class ContainerSite:
    """Superlists in a container; how it came there is for a subclass to say."""

    base_url = ""

    def __init__(self, config: Config) -> None:
        """Know of no container yet."""
        self.mailbox = open_mailbox(config, self.manage)
        self.container: Container | None = None
        # What it cannot do without, such as its database.
        self.beside: list[Container] = []
        self.channel: Channel | None = None
        self._site: SiteIdentity | None = None
        self._no_fixtures = ""

    def fixtures_unavailable(self) -> str:
        """Return why the channel could not be opened; empty if it could."""
        return self._no_fixtures

    def manage(self, command: str, *args: str) -> str:
        """Run a fixture command through the channel."""
        if self.channel is None:
            raise TargetError(self.fixtures_unavailable() or "The fixture channel is not open.")
        try:
            return self.channel.manage(command, *args)
        except TargetError as error:
            ended = self._ended()
            raise TargetError(f"{ended} {error}" if ended else str(error)) from error

    def log(self, scenario_id: str, since: float) -> str:
        """Return what the container wrote since then, and how it ended if it did."""
        if self.container is None:
            return ""
        try:
            written = up_to_now(partial(_lines, self.container, since), self.base_url)
        except (DockerException, OSError) as error:
            written = [f"The container's log is not to be had: {error}"]
        return "\n".join(filter(None, [lines_of(scenario_id, written), self.failure_reason()]))

    def failure_reason(self) -> str:
        """Return how the container ended, or one beside it, or the channel."""
        return self._ended() or (self.channel.ended if self.channel else "")

    def _ended(self) -> str:
        if self.container is None:
            return "There is no container."
        return next(filter(None, map(how_it_ended, [self.container, *self.beside])), "")

    def identity(self) -> SiteIdentity:
        """Return what /health/ says."""
        if self._site is None:
            self._site = identity(health(self.base_url))
        return self._site

    def open_channel(self, pipe: Pipe, lock_wait_s: float = 0) -> None:
        """Open the channel on a process in the container, and see that base_url is its site; raises TargetError."""
        self.channel = Channel(pipe, lock_wait_s=lock_wait_s)
        if self.channel.site != (seen := self.identity().name):
            raise TargetError(f"At {self.base_url} is the site {seen}, but in the container it is {self.channel.site}.")

    def prove_address(self, container: Container) -> None:
        """See that base_url leads into this container: its log knows what is asked for there; raises TargetError."""
        path = f"/where-is-this-{secrets.token_hex(8)}/"
        visit(self.base_url + path)
        try:
            eventually(lambda: path in logged(container), what="a line of its log", within_s=LOGGED_WITHIN_S)
        except NotSeenError as error:
            raise TargetError(
                f"What is asked for at {self.base_url} does not reach the container {container.name}, as far as its "
                "log tells: another site may be there."
            ) from error

    def let_go(self) -> None:
        """Close the channel; the container stays as it is."""
        if self.channel:
            self.channel.close()
        self.channel = None


def how_it_ended(container: Container) -> str:
    """Return why a container is of no more use; nothing while it runs."""
    try:
        container.reload()
    except NotFound:
        return f"The container {container.name} is gone: it was removed."
    except (DockerException, OSError) as error:
        return f"The engine no longer answers: {error}"
    state = container.attrs["State"]
    if state.get("Paused"):
        return f"The container {container.name} is paused: docker unpause {container.name}"
    if state["Running"]:
        return ""
    memory = ", out of memory" if state.get("OOMKilled") else ""
    return f"The container {container.name} ended with exit code {state['ExitCode']}{memory}."


def _how_both_ended(container: Container, code: int) -> str:
    """Return why a command in a container said nothing: the container may be ending just now, and took it along."""
    with suppress(NotSeenError):
        return eventually(lambda: how_it_ended(container), what="the container's end", within_s=ENDED_WITHIN_S)
    return f"it said nothing, and ended with exit code {code}"


def _lines(container: Container, since: float) -> list[str]:
    return [str(line) for line in container.logs(since=since).decode(errors="replace").splitlines()]


def logged(container: Container) -> str:
    """Return the end of a container's log; raises TargetError."""
    try:
        return str(container.logs(tail=LOG_LINES_SEARCHED).decode(errors="replace"))
    except (DockerException, OSError) as error:
        raise TargetError(f"The container's log is not to be had: {error}") from error


def last_lines(container: Container) -> str:
    """Return the end of a container's log, for a message."""
    try:
        written = container.logs(tail=LOG_LINES_SHOWN).decode(errors="replace").rstrip()
    except (DockerException, OSError) as error:
        written = f"(not to be had: {error})"
    return f"The container's last log lines:\n{written or '(none)'}"


def run_manage(container: Container, command: str, *args: str) -> str:
    """Run a management command in a process of its own, as a person would by `docker exec`.

    Raises FixtureError with its last output, TargetError when the container does not run.
    """
    try:
        ran: Any = container.exec_run([*MANAGE, command, *args], demux=True)
    except (DockerException, OSError) as error:
        raise TargetError(how_it_ended(container) or str(error)) from error
    code, (printed, said) = ran
    if code:
        words = b"\n".join(filter(None, (printed, said))).decode(errors="replace").strip()
        raise FixtureError(f"{command}: {words or _how_both_ended(container, code)}")
    return (printed or b"").decode().strip()
