"""A server that is this machine: its commands are processes here, and end as they would there."""

import socket
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from invoke.config import Config
from invoke.context import Context
from invoke.runners import Local

from acceptance.remote_command import Command
from acceptance.sites import Site, Ssh
from acceptance.ssh import InputPieces, RemoteProcess, Server
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


class _Runner(InputPieces, Local):  # type: ignore[misc]
    def stop(self) -> None:
        super().stop()
        for pipe in filter(None, (self.process.stdin, self.process.stdout, self.process.stderr)):
            with suppress(OSError):
                pipe.close()


class _Connection(Context):
    is_connected = True

    def run(self, command: str, **options: Any) -> Any:
        # As sshd has it: of a program that was killed no exit code is told.
        return super().run(f"exec {command}", **options)


class ThisMachine(Server):
    """Whoever runs the tests is the user who deploys, and root where they are that."""

    def __init__(self, *, pace: float = 1, before: str = "", by: tuple[str, ...] = ()) -> None:
        """Connect to nothing; a minute of a limit takes `pace` minutes, a shell does `before` before each command.

        A program may run each of them.
        """
        self.site, self._say = site(), None
        self.prepare = lambda command: command
        overrides = {"runners": {"local": _Runner}, "run": {"shell": "/bin/sh"}}
        self._connection = _Connection(Config(overrides=overrides))
        self._pace, self._before, self._by = pace, before, by
        self.opened: list[_Process] = []

    def _ended(self, command: Command, expected: tuple[int, ...]) -> tuple[int, str]:
        prepare = self.prepare
        self.prepare = lambda command: self._here(prepare(command))
        try:
            return super()._ended(command, expected)
        finally:
            self.prepare = prepare

    def _here(self, command: Command) -> Command:
        limit_s = command.timeout_s and command.timeout_s * self._pace
        argv = ("sh", "-c", f'{self._before}\nexec "$@"', "sh", *self._by, *command.argv)
        return replace(command, argv=argv, sudo=False, user=None, timeout_s=limit_s)

    def open(self, command: Command) -> RemoteProcess:
        self.opened.append(_Process(self._here(command)))
        return self.opened[-1]


class _Process(RemoteProcess):
    def __init__(self, command: Command) -> None:
        self._near, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                command.argv, stdin=far.fileno(), stdout=far.fileno(), stderr=subprocess.PIPE
            )

    def write(self, data: bytes) -> None:
        self._near.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        self._near.settimeout(timeout_s)
        return self._near.recv(65536)

    def last_words(self) -> str:
        assert self._process.stderr
        return self._process.stderr.read().decode()

    def kill(self) -> None:
        """Kill the process from outside, and wait for its end."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        with suppress(OSError):
            self._near.shutdown(socket.SHUT_RDWR)
        self.kill()
        assert self._process.stderr
        self._process.stderr.close()
        self._near.close()
