"""The fixture channel: one `manage.py serve_fixtures` for a run, a JSON line in, a JSON line out.

Starting Django for each fixture would cost 0.2 to 0.6 s.
"""

import getpass
import json
import os
import socket
import threading
from typing import Any, NoReturn, Protocol

from acceptance.targets.base import FixtureError, TargetError

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


def serve_fixtures(lock_wait_s: float = 0) -> list[str]:
    """Return the arguments of manage.py that open the site's end, for a run of this user."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that has no name.
        user = str(os.getuid())
    holder = f"{user}@{socket.gethostname()}, process {os.getpid()}"
    return ["serve_fixtures", f"--holder={holder}", f"--wait={lock_wait_s:g}"]


class Channel:
    """The run's end of the channel."""

    def __init__(self, pipe: Pipe, *, lock_wait_s: float = 0) -> None:
        """Wait for the site's end to be ready; raises TargetError with what it said instead.

        `lock_wait_s` is how long that end was told to wait for the database. The pipe is
        closed whatever goes wrong here: the site's end would wait on for nobody.
        """
        self._pipe = pipe
        self._pending = b""
        self._turn = threading.Lock()
        self._closed = threading.Event()
        self.ended = ""
        try:
            self.site = self._opened(OPENING_LIMIT_S + lock_wait_s)
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._show_life, daemon=True).start()

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

    def _opened(self, limit_s: float) -> str:
        """Return the name of the site that is ready; raises TargetError."""
        ready = self._receive(limit_s)
        if not isinstance(ready, dict) or set(ready) != {"ready"}:
            raise TargetError(f"The fixture channel began with {ready!r}")
        return str(ready["ready"])

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._turn:
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
                read = self._pipe.read(limit_s)
            except TimeoutError:
                self._end(f"no answer within {limit_s:g} s")
            except OSError as error:
                self._end(str(error))
            if not read:
                self._end("it ended")
            self._pending += read
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

    def _show_life(self) -> None:
        while not self._closed.wait(SIGN_OF_LIFE_S):
            try:
                self._ask({"alive": True})
            except TargetError:
                # The next fixture tells of it.
                return
