"""A site's machine, over one SSH connection; a machine that is not known is refused."""

import logging
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from fabric import Config, Connection
from paramiko import AuthenticationException, BadHostKeyException, Channel, RejectPolicy, SSHConfig, SSHException

from acceptance.remote_command import Command
from acceptance.sites import SSH, Site
from acceptance.ssh_identity import identity
from acceptance.ssh_keepalive import prepare
from deploy.remote_commands import LOCK_IS_TAKEN, carrying_locks

# paramiko's own log would stand on the terminal, with a traceback for what is told in a sentence here.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
CONNECTED_WITHIN_S = 10
CHUNK, WORDS_KEPT = 65536, 4000
# What paramiko gives for a process that ended without one.
NO_EXIT_CODE = -1


class ServerError(Exception):
    """The server cannot be reached, or did not do what it was asked; says which step, and its last output."""


class CutOffError(ServerError):
    """Nobody knows how a step ended: it may still be going on there."""


class Server:
    """The machine of one site, with one user."""

    def __init__(self, site: Site, *, user: str = "", say: Callable[[str], None] | None = None) -> None:
        """Connect as the site's SSH user, or another; `say` is told each step. Raises ServerError."""
        self.site = site
        self._say = say
        self._turns: PurePosixPath | None = None
        self._token = ""
        self._connection = _connected(site, user or site.ssh.user)

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def take_turns(self, lock: PurePosixPath, token: str = "") -> None:
        """From now on, let each command wait for its turn, and have the site's lock, whose holder has this token."""
        self._turns, self._token = lock, token

    def run(self, command: Command) -> str:
        """Return what a command printed, stripped; raises ServerError when it fails."""
        return self._ended(command, (0,))[1]

    def tells(self, command: Command, *, no: int) -> bool:
        """Tell yes for exit code 0, and no for the one by which this program says so; raises ServerError for others."""
        return self._ended(command, (0, no))[0] == 0

    def _ended(self, command: Command, answers: tuple[int, ...]) -> tuple[int, str]:
        """Return the exit code, one of these, and what was printed; raises ServerError."""
        if self._say:
            self._say(f"- {command.says}")
        process = self.open(carrying_locks(command, self._turns, self._token))
        try:
            for piece in command.pieces():
                process.write(piece)
            code, printed = process.end()
        except (OSError, SSHException) as error:
            last = process.last_words()
            raise CutOffError(f"{command.says}: {last or error or type(error).__name__}") from error
        finally:
            process.close()
        if code == NO_EXIT_CODE:
            raise CutOffError(f"{command.says}: {self.site.ssh.host} is gone, or it was killed there")
        if self._turns and not command.sudo and code == LOCK_IS_TAKEN:
            raise ServerError(f"{command.says}: a step of a deploy that was cut off still runs there")
        if code not in answers:
            raise ServerError(f"{command.says} failed with exit code {code}: {process.said or printed}".rstrip(": \n"))
        return code, printed

    def open(self, command: Command) -> "RemoteProcess":
        """Start a command and leave it running; raises ServerError."""
        try:
            channel = self._connection.transport.open_session(timeout=CONNECTED_WITHIN_S)
            channel.settimeout(command.timeout_s)
            channel.exec_command(command.line())
        except (OSError, EOFError, SSHException) as error:
            raise ServerError(f"{command.says}: the connection to {self.site.ssh.host} is gone: {error}") from error
        return RemoteProcess(channel)

    def close(self) -> None:
        """Close the connection, and with it what was left running."""
        self._connection.close()


class RemoteProcess:
    """A process on the server; implements the fixture channel's Pipe."""

    def __init__(self, channel: Channel) -> None:
        """Stand for what `channel` runs."""
        self._channel = channel
        self._words = b""

    @property
    def said(self) -> str:
        """What it wrote to standard error so far."""
        return self._words.decode(errors="replace").strip()

    def write(self, data: bytes) -> None:
        """Send to its standard input; raises OSError when it is gone."""
        self._channel.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        """Return what it wrote to standard output next; nothing once it has ended. Raises TimeoutError."""
        self._channel.settimeout(timeout_s)
        read: bytes = self._channel.recv(CHUNK)
        self._listen()
        return read

    def end(self) -> tuple[int, str]:
        """Give it the end of its input; return its exit code and what it printed. Raises TimeoutError."""
        self._channel.shutdown_write()
        printed = b"".join(iter(lambda: self._channel.recv(CHUNK), b""))
        while words := self._channel.recv_stderr(CHUNK):
            self._words = (self._words + words)[-WORDS_KEPT:]
        return self._channel.recv_exit_status(), printed.decode(errors="replace").strip()

    def last_words(self) -> str:
        """Return what it wrote to standard error, and its exit code if it has ended."""
        self._listen()
        if self._channel.exit_status_ready():
            return f"{self.said}\n(exit code {self._channel.recv_exit_status()})".strip()
        return self.said

    def close(self) -> None:
        """Let go of it; it finds the end of its input."""
        self._channel.close()

    def _listen(self) -> None:
        while self._channel.recv_stderr_ready():
            self._words = (self._words + self._channel.recv_stderr(CHUNK))[-WORDS_KEPT:]


def _connected(site: Site, user: str) -> Connection:
    ssh = site.ssh
    # Nothing of ~/.ssh/config: the sites file alone says which machine is meant.
    connection = Connection(
        ssh.host,
        user=user,
        port=ssh.port,
        config=Config(ssh_config=SSHConfig(), overrides={"run": {"in_stream": False}}),
        connect_timeout=CONNECTED_WITHIN_S,
        connect_kwargs={"look_for_keys": False, "allow_agent": False},
    )
    _know_hosts(connection, ssh.known_hosts)
    where = f"{user}@{ssh.host}, port {ssh.port}"
    try:
        connection.connect_kwargs |= identity(ssh.key)
        connection.open()
    except AuthenticationException as error:
        raise ServerError(f"{where} does not take the key {ssh.key}. Is its public part in authorized_keys?") from error
    except BadHostKeyException as error:
        raise ServerError(f"{where} is another machine than {ssh.known_hosts} says. {_how_to_forget(site)}") from error
    except SSHException as error:
        advice = f". {_how_to_know(site)}" if "known_hosts" in str(error) else ""
        raise ServerError(f"{where}: {error}{advice}") from error
    except (OSError, EOFError) as error:
        raise ServerError(f"{where} does not answer: {error or 'it closed the connection'}") from error
    prepare(connection.transport)
    return connection


def _know_hosts(connection: Connection, known_hosts: Path) -> None:
    if known_hosts.exists():
        connection.client.load_host_keys(str(known_hosts))
    connection.client.set_missing_host_key_policy(RejectPolicy())


def _how_to_know(site: Site) -> str:
    ssh = site.ssh
    return (
        f"If the machine is new, look at its key's fingerprint there, and add it: "
        f"ssh-keyscan -p {ssh.port} {ssh.host} >> {ssh.known_hosts}"
    )


def _how_to_forget(site: Site) -> str:
    ssh = site.ssh
    name = ssh.host if ssh.port == SSH else f"[{ssh.host}]:{ssh.port}"
    return f"If it was made anew, forget the old one: ssh-keygen -R '{name}' -f {ssh.known_hosts}"
