"""The fixture channel: one `manage.py serve_fixtures` for a run, a JSON line in, a JSON line out.

Starting Django for each fixture would cost 0.2 to 0.6 s.
"""

import getpass
import json
import os
import socket
import threading
from abc import abstractmethod
from functools import partial
from typing import Any, NoReturn, Protocol

from acceptance.mailboxes import open_mailbox
from acceptance.settings import Settings
from acceptance.targets.base import FixtureError, Target, TargetError
from acceptance.targets.site_log import lines_of, up_to_now

NOT_OPEN = "The fixture channel is not open."
# What the site says while somebody else uses its database; see acceptance/django_app/lock.py.
BUSY = "the database is in use by"
# The site's end gives up after 30 s of silence.
SIGN_OF_LIFE_S = 10.0
OPENING_LIMIT_S = 60.0
ANSWER_LIMIT_S = 30.0


class Pipe(Protocol):
    """The two ends of a process that runs where the site runs."""

    def write(self, data: bytes) -> None:
        """Send to its standard input; raises OSError when it is gone."""

    def read(self, timeout_s: float) -> bytes:
        """Return what it wrote to standard output; nothing once it has ended. Raises TimeoutError."""

    def last_words(self) -> str:
        """Return what it wrote to standard error, and how it ended."""

    def close(self) -> None:
        """Give it the end of its input, and let go of it."""


def this_user() -> str:
    """Return who works here, as others are told who wait for a site's database: user and machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def serve_fixtures(lock_wait_s: float = 0) -> list[str]:
    """Return the arguments of manage.py that open the site's end, for a run of this user."""
    return ["serve_fixtures", f"--holder={this_user()}, process {os.getpid()}", f"--wait={lock_wait_s:g}"]


class Channel:
    """The run's end of the channel."""

    def __init__(self, pipe: Pipe, *, lock_wait_s: float = 0) -> None:
        """Wait for the site's end to be ready; raises TargetError with what it said instead.

        `lock_wait_s` is how long that end was told to wait for the database. The pipe is
        closed whatever goes wrong here: the site's end would wait on for nobody.
        """
        self._pipe = pipe
        self._pending = b""
        self._asking = threading.Lock()
        self._closed = threading.Event()
        self.ended = ""
        try:
            ready = self._receive(OPENING_LIMIT_S + lock_wait_s)
            if not isinstance(ready, dict) or set(ready) != {"ready"}:
                raise TargetError(f"The fixture channel began with {ready!r}")  # noqa: TRY301 - closed as for others
            self.site = str(ready["ready"])
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._send_signs_of_life, daemon=True).start()

    def manage(self, command: str, *args: str) -> str:
        """Return what a fixture command prints.

        Raises FixtureError when it is refused, TargetError when the channel has ended.
        """
        answer = self._ask({"command": command, "args": list(args)})
        if "refused" in answer:
            raise FixtureError(answer["refused"])
        return str(answer["printed"])

    def close(self) -> None:
        """End it; safe to call twice."""
        self._closed.set()
        self._pipe.close()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._asking:
            if self.ended:
                raise TargetError(self.ended)
            try:
                self._pipe.write(json.dumps(request).encode() + b"\n")
            except OSError as error:
                self._end(str(error))
            return self._receive(ANSWER_LIMIT_S)

    def _receive(self, limit_s: float) -> dict[str, Any]:
        while b"\n" not in self._pending:
            try:
                piece = self._pipe.read(limit_s)
            except TimeoutError:
                self._end(f"no answer within {limit_s:g} s")
            except OSError as error:
                self._end(str(error))
            if not piece:
                self._end("it ended")
            self._pending += piece
        line, _, self._pending = self._pending.partition(b"\n")
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            self._end(f"it said {line[:200]!r}")
        return answer

    def _end(self, why: str) -> NoReturn:
        """Remember why; what comes late must not be taken for the answer to something else."""
        self.ended = f"The fixture channel is gone: {why}. Its last words: {self._pipe.last_words() or '(none)'}"
        raise TargetError(self.ended)

    def _send_signs_of_life(self) -> None:
        while not self._closed.wait(SIGN_OF_LIFE_S):
            try:
                self._ask({"alive": True})
            except TargetError:
                # The next fixture tells of it.
                return


class ChannelTarget(Target):
    """A site in another process than this one, which takes fixtures through the channel."""

    def __init__(self, settings: Settings) -> None:
        self.mailbox = open_mailbox(settings, self.manage)
        self._lock_wait_s = settings.lock_wait
        self._channel: Channel | None = None
        # None where it is not known yet: the channel is opened when somebody wants to know.
        self._fixtures_unavailable: str | None = NOT_OPEN

    def one_worker_reason(self, *, fixtures: bool) -> str:
        """Return that the site is shared, where fixtures are needed; a site of the run's own is none of these."""
        return "the site is one for all runs, and one at a time uses its database" if fixtures else ""

    @abstractmethod
    def described(self) -> str:
        """Return what a message calls the site."""

    @abstractmethod
    def fixture_process(self, arguments: list[str]) -> Pipe:
        """Start manage.py with these arguments where the site runs; raises TargetError, OSError."""

    @abstractmethod
    def read_log(self, since: float) -> list[str]:
        """Return what the site wrote since then, a line each; raises TargetError."""

    def fixtures_unavailable(self) -> str:
        """Return why the channel cannot be opened; empty if it can, and then it is open."""
        if self._fixtures_unavailable is None:
            try:
                self.open_channel()
            except (TargetError, OSError) as error:
                self.close_channel()
                advice = self.advice() if BUSY not in str(error) else "\nTo wait until it is free: -D lock.wait=SECONDS"
                self._fixtures_unavailable = f"{self.described()} takes no fixtures. {error}{advice}"
        return self._fixtures_unavailable or ""

    def advice(self) -> str:
        """Return what to do so that the site takes fixtures, as the end of a message."""
        return ""

    def open_channel(self, process: Pipe | None = None) -> None:
        """Open the channel, and see that base_url leads to the site at its end; raises TargetError, OSError."""
        wait_s = self._lock_wait_s
        self._channel = Channel(process or self.fixture_process(serve_fixtures(wait_s)), lock_wait_s=wait_s)
        if (site := self._channel.site) != (seen := self.identity().name):
            raise TargetError(f"At {self.base_url} is the site {seen}, but the fixture channel leads to {site}.")
        self._fixtures_unavailable = ""

    def close_channel(self) -> None:
        """Close the channel; the site stays as it is. Safe to call twice."""
        if self._channel:
            self._channel.close()
        self._channel = None

    def manage(self, command: str, *args: str) -> str:
        """Run a fixture command through the channel."""
        if (reason := self.fixtures_unavailable()) or self._channel is None:
            raise TargetError(reason or NOT_OPEN)
        try:
            return self._channel.manage(command, *args)
        except TargetError as error:
            reason = self.failure_reason()
            raise TargetError(str(error) if reason in str(error) else f"{reason} {error}") from error

    def log(self, scenario_id: str, since: float) -> str:
        """Return what the site wrote since then, and why no further scenario can run on it, if so."""
        try:
            text = lines_of(scenario_id, up_to_now(partial(self.read_log, since), self.base_url, self.authority))
        except TargetError as error:
            text = f"{self.described()}: its log cannot be read: {error}"
        return "\n".join(filter(None, [text, self.failure_reason()]))

    def failure_reason(self) -> str:
        """Return how the channel ended, if it did."""
        return self._channel.ended if self._channel else ""
