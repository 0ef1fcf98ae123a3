"""A server that is this machine: its commands are processes here, and end as they would there."""

import select
import socket
import subprocess
from contextlib import suppress
from dataclasses import replace
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, cast

from paramiko import Channel

from acceptance.remote_command import Command
from acceptance.sites import Site, Ssh
from acceptance.ssh import RemoteProcess, Server
from deploy.site_layout import SiteLayout


def site(**changes: Any) -> Site:
    """Return a staging site, changed."""
    ssh = Ssh.model_construct(
        host="lists.example.com", user="deployer", admin="debian", key=Path("key"), known_hosts=Path("known_hosts")
    )
    values: dict[str, Any] = {
        "name": "staging",
        "host": "staging.example.com",
        "port": 80,
        "environment": "staging",
        "ssh": ssh,
    }
    return Site.model_construct(**(values | changes))


def layout(**changes: Any) -> SiteLayout:
    """Return the layout of such a site."""
    return SiteLayout(site(**changes))


def layout_in(folder: Path) -> SiteLayout:
    """Return the layout of a staging site whose folder is this one, with what provisioning makes in it."""
    for name in ("backups", "database", "releases", "virtualenvs"):
        (folder / name).mkdir(exist_ok=True)
    return SiteLayout(site(), PurePosixPath(folder))


class ThisMachine(Server):
    """Whoever runs the tests is the user who deploys, and root where they are that."""

    def __init__(self, *, pace: float = 1, before: str = "", by: tuple[str, ...] = ()) -> None:
        """Connect to nothing; a minute of a limit takes `pace` minutes, a shell does `before` before each command.

        A program may run each of them.
        """
        self.site, self._say = site(), None
        self.prepare = lambda command: command
        self._pace, self._before, self._by = pace, before, by
        self.opened: list[LocalProcess] = []

    def _ended(self, command: Command, *arguments: Any) -> int:
        limit_s = command.timeout_s and command.timeout_s * self._pace
        return super()._ended(replace(command, timeout_s=limit_s), *arguments)

    def open(self, command: Command) -> "LocalProcess":
        self.opened.append(LocalProcess(("sh", "-c", f'{self._before}\nexec "$@"', "sh", *self._by, *command.argv)))
        return self.opened[-1]


class LocalProcess(RemoteProcess):
    """A process of this machine."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        self._local = LocalChannel(argv)
        super().__init__(cast(Channel, self._local))

    def kill(self) -> None:
        """Kill the process from outside, and wait for its end."""
        self._local.process.kill()
        self._local.process.wait()


class LocalChannel:
    """What is used of paramiko's channel, for a process of this machine."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        self._near, far = socket.socketpair()
        with far:
            self.process = subprocess.Popen(argv, stdin=far.fileno(), stdout=far.fileno(), stderr=subprocess.PIPE)
        self._stderr = cast(BufferedReader, self.process.stderr)
        self.settimeout, self.send, self.sendall = self._near.settimeout, self._near.send, self._near.sendall
        self.status_event = self

    def recv(self, size: int) -> bytes:
        try:
            return self._near.recv(size)
        except TimeoutError:
            raise
        except OSError:
            # Of its input, something was not read; or another thread has closed it.
            return b""

    def shutdown_write(self) -> None:
        self._near.shutdown(socket.SHUT_WR)

    def recv_stderr_ready(self) -> bool:
        with suppress(ValueError):
            return bool(select.select([self._stderr], [], [], 0)[0] and self._stderr.peek(1))
        return False

    def recv_stderr(self, size: int) -> bytes:
        with suppress(ValueError):
            return self._stderr.read1(size)
        return b""

    def wait(self, timeout_s: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout_s)
        return self.exit_status_ready()

    def exit_status_ready(self) -> bool:
        return self.process.poll() is not None

    def recv_exit_status(self) -> int:
        return self.process.wait()

    def close(self) -> None:
        with suppress(OSError):
            self._near.shutdown(socket.SHUT_RDWR)
        self.process.kill()
        self.process.wait()
        self._stderr.close()
        self._near.close()
