"""A server that is this machine: its commands are processes here, and end as they would there."""

import os
import select
import subprocess
from dataclasses import replace
from pathlib import Path, PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import NO_EXIT_CODE, RemoteProcess, Server
from deploy.site_layout import Place
from tests.deploy.test_env import place


class PlaceHere(Place):
    """A site's place in a folder of this machine."""

    folder = Path()

    @property
    def home(self) -> PurePosixPath:
        return PurePosixPath(self.folder)


def place_in(folder: Path) -> Place:
    """Return the place of a staging site whose folder is this one, with what provisioning makes in it."""
    (folder / "backups").mkdir(exist_ok=True)
    here = type("PlaceIn", (PlaceHere,), {"folder": folder})
    found: Place = here(place().site)
    return found


class ThisMachine(Server):
    """Whoever runs the tests is the user who deploys, and root where they are that."""

    def __init__(self, *, pace: float = 1, before: str = "", by: tuple[str, ...] = ()) -> None:
        """Connect to nothing; a minute of a limit takes `pace` minutes, a shell does `before` before each command.

        A program may run each of them.
        """
        self.site, self._say, self._turns = place().site, None, None
        self._token = ""
        self._pace, self._before, self._by = pace, before, by
        self.opened: list[_Process] = []

    def open(self, command: Command) -> RemoteProcess:
        limit_s = command.timeout_s and command.timeout_s * self._pace
        command = replace(command, argv=(*self._by, *command.argv), sudo=False, user=None, timeout_s=limit_s)
        self.opened.append(_Process(command, self._before))
        return self.opened[-1]


class _Process(RemoteProcess):
    def __init__(self, command: Command, before: str) -> None:
        self._limit_s = command.timeout_s
        pipe, line = subprocess.PIPE, f"{before}\nexec {command.line()}"
        self._process = subprocess.Popen(["sh", "-c", line], stdin=pipe, stdout=pipe, stderr=pipe)
        self._words = b""

    def write(self, data: bytes) -> None:
        assert self._process.stdin
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def read(self, timeout_s: float) -> bytes:
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], timeout_s)[0]:
            raise TimeoutError
        return os.read(self._process.stdout.fileno(), 4096)

    def end(self) -> tuple[int, str]:
        try:
            printed, self._words = self._process.communicate(timeout=self._limit_s)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError from error
        # Of one that was killed, sshd tells no exit code.
        code = self._process.returncode
        return (code if code >= 0 else NO_EXIT_CODE), printed.decode().strip()

    def last_words(self) -> str:
        return self.said

    def kill(self) -> None:
        """Kill the process from outside, and wait for its end."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
