"""One SSH connection to a site's server; a server whose host key is unknown is refused."""

import logging
import math
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from threading import TIMEOUT_MAX
from typing import IO, Any, Self

from fabric import Config, Connection
from fabric.connection import derive_shorthand
from paramiko import (
    AuthenticationException,
    BadHostKeyException,
    Channel,
    ConfigParseError,
    RejectPolicy,
    SSHConfig,
    SSHException,
)

from acceptance.remote_command import Command
from acceptance.sites import SSH_PORT, Site, Ssh
from acceptance.ssh_identity import identity

# paramiko's own log would stand on the terminal, with a traceback for what is told in a sentence here.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
CONNECT_TIMEOUT_S = 10
KEEPALIVE_S = 10
# The server holds a lock for a silent client no longer than that.
LOST_AFTER_S = 30
CHUNK, INPUT_CHUNK, STDERR_KEPT = 1 << 16, 1 << 18, 4000
# Also while a program writes nothing else.
STDERR_EVERY_S = 0.2


class ServerError(Exception):
    """The server cannot be reached, or a step failed there; says which step, its last output, and its exit code."""

    def __init__(self, message: str, code: int | None = None) -> None:
        """Note the exit code, where there is one."""
        super().__init__(message)
        self.code = code


class LostConnectionError(ServerError):
    """Nobody knows how a step ended: it may still be running there."""


class Server:
    """The server of one site, reached as one account."""

    def __init__(self, site: Site, *, user: str = "", say: Callable[[str], None] | None = None) -> None:
        """Connect as the site's SSH user, or another; `say` is told each step. Raises ServerError."""
        self.site = site
        self._say = say
        # What is done to each command before it runs, such as having it hold a lock.
        self.prepare: Callable[[Command], Command] = lambda command: command
        self._connection = _connected(site, user or site.ssh.user)

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def run(self, command: Command) -> str:
        """Return what a command printed, stripped; raises ServerError when it fails."""
        output = BytesIO()
        self._ended(command, (0,), output)
        return _text(output.getvalue())

    def check(self, command: Command, *, no: int) -> bool:
        """Tell yes for exit code 0, and no for the one by which this program says so; raises ServerError for others."""
        return self._ended(command, (0, no), BytesIO()) == 0

    def fetch(self, command: Command, into: IO[bytes]) -> None:
        """Write what a command prints to a file, byte for byte; raises ServerError, also where it fails at its end."""
        self._ended(command, (0,), into)

    def _ended(self, command: Command, expected: tuple[int, ...], into: IO[bytes]) -> int:
        """Write what is printed to a file, and return the exit code, which is one of these; raises ServerError."""
        if self._say:
            self._say(f"- {command.step}")
        prepared = self.prepare(command)
        with closing(self.open(prepared)) as process:
            try:
                code, words = process.result(prepared.input(), into, prepared.timeout_s)
            except TimeoutError as error:
                raise LostConnectionError(f"{command.step}: no end within {prepared.timeout_s:g} s") from error
            except (OSError, SSHException) as error:
                gone = f"{command.step}: the connection to {self.site.ssh.host} is gone: {error}"
                raise LostConnectionError(gone) from error
        if code < 0:
            raise LostConnectionError(f"{command.step}: {self.site.ssh.host} is gone, or it was killed there")
        if code not in expected:
            raise ServerError(f"{command.step} failed with exit code {code}: {words}".rstrip(": \n"), code)
        return code

    def open(self, command: Command) -> "RemoteProcess":
        """Start a command that stays open; raises ServerError."""
        gone = f"{command.step}: the connection to {self.site.ssh.host} is gone"
        if not self._connection.is_connected:
            raise ServerError(gone)
        try:
            channel = self._connection.transport.open_session()
            channel.exec_command(command.line())
        except (OSError, EOFError, SSHException) as error:
            raise LostConnectionError(f"{gone}: {error}") from error
        return RemoteProcess(channel)

    def close(self) -> None:
        """Close the connection, and with it what was left running."""
        _close(self._connection)


class RemoteProcess:
    """A process on the server that stays open; implements the fixture channel's Pipe."""

    def __init__(self, channel: Channel) -> None:
        """Stand for what `channel` runs."""
        self._channel = channel
        self._stderr = b""

    def write(self, data: bytes) -> None:
        """Send to its standard input; raises OSError when it has ended."""
        self._channel.sendall(data)

    def read(self, timeout_s: float | None) -> bytes:
        """Return what it wrote to standard output next; nothing once it has ended. Raises TimeoutError."""
        until = _deadline(timeout_s)
        while True:
            self._channel.settimeout(max(0, min(until - time.monotonic(), STDERR_EVERY_S)))
            try:
                return bytes(self._channel.recv(CHUNK))
            except TimeoutError:
                if time.monotonic() >= until:
                    raise
            finally:
                # Else a program that fills it would wait for ever.
                self._read_stderr()

    def result(self, stdin: IO[bytes], into: IO[bytes], timeout_s: float | None) -> tuple[int, str]:
        """Write its output to a file; return its exit code, and the end of its errors, or else of its output.

        The exit code is negative where nobody tells it. Raises OSError where the connection is lost, and TimeoutError.
        """
        until = _deadline(timeout_s)
        end = b""
        self._send(stdin, until)
        while piece := self.read(until - time.monotonic()):
            into.write(piece)
            end = (end + piece)[-STDERR_KEPT:]
        if not self._channel.status_event.wait(min(until - time.monotonic(), TIMEOUT_MAX)):
            raise TimeoutError
        self._read_stderr()
        return self._channel.recv_exit_status(), _text(self._stderr) or _text(end)

    def _send(self, stdin: IO[bytes], until: float) -> None:
        while piece := stdin.read(INPUT_CHUNK):
            while piece:
                self._channel.settimeout(max(0, min(until - time.monotonic(), STDERR_EVERY_S)))
                try:
                    piece = piece[self._channel.send(piece) :]
                except TimeoutError:
                    if time.monotonic() >= until:
                        raise
                except OSError:
                    # A program that ended without reading says by its exit code why.
                    return
                finally:
                    # One that fills it reads nothing more.
                    self._read_stderr()
        self._channel.shutdown_write()

    def last_words(self) -> str:
        """Return what it wrote to standard error, and its exit code if it ended with an error."""
        self._read_stderr()
        if self._channel.exit_status_ready() and (code := self._channel.recv_exit_status()):
            return f"{_text(self._stderr)}\n(exit code {code})".strip()
        return _text(self._stderr)

    def close(self) -> None:
        """Let go of it; it finds the end of its input."""
        self._channel.close()

    def _read_stderr(self) -> None:
        while self._channel.recv_stderr_ready():
            self._stderr = (self._stderr + self._channel.recv_stderr(CHUNK))[-STDERR_KEPT:]


def _deadline(timeout_s: float | None) -> float:
    return math.inf if timeout_s is None else time.monotonic() + timeout_s


def _text(output: bytes) -> str:
    return output.decode(errors="replace").strip()


def _connected(site: Site, user: str) -> Connection:
    """Return an open connection, by way of the jump hosts that the site's ssh_config names; raises ServerError."""
    connection = None
    for hop in _jump_hosts(site):
        connection = _opened(site, hop, connection)
    return _opened(site, {"host": site.ssh.host, "user": user, "port": site.ssh.port}, connection)


def _jump_hosts(site: Site) -> Iterator[dict[str, Any]]:
    """Yield what there is to know of each jump host, the nearest first; raises ServerError.

    Nothing else is taken from the file: the sites file alone says which server is meant, and as whom.
    """
    ssh = site.ssh
    if not ssh.config:
        return
    try:
        config = SSHConfig.from_path(str(ssh.config))
        found = config.lookup(ssh.host)
    except (OSError, ConfigParseError) as error:
        raise ServerError(f"{site.name}.ssh.config: {ssh.config} cannot be read: {error}") from error
    if "proxycommand" in found:
        raise ServerError(f"{site.name}.ssh.config: {ssh.config} has a ProxyCommand for {ssh.host}; use ProxyJump")
    for hop in filter(None, found.get("proxyjump", "").split(",")):
        if hop.lower() != "none":
            named = derive_shorthand(hop.strip())
            its = config.lookup(named["host"])
            keys = [file for file in its.get("identityfile", []) if Path(file).exists()]
            yield {
                "host": its["hostname"],
                "user": named["user"] or its.get("user"),
                "port": named["port"] or int(its.get("port", SSH_PORT)),
                "connect_kwargs": {"key_filename": keys, "allow_agent": True},
            }


def _opened(site: Site, to: dict[str, Any], gateway: Connection | None) -> Connection:
    ssh = site.ssh
    options = {"look_for_keys": False, "allow_agent": ssh.agent, "channel_timeout": CONNECT_TIMEOUT_S}
    connection = Connection(
        to["host"],
        user=to["user"],
        port=to["port"],
        gateway=gateway,
        # Nothing of ~/.ssh/config.
        config=Config(ssh_config=SSHConfig()),
        connect_timeout=CONNECT_TIMEOUT_S,
        connect_kwargs=options | to.get("connect_kwargs", {}),
    )
    if ssh.known_hosts.exists():
        connection.client.load_host_keys(str(ssh.known_hosts))
    connection.client.set_missing_host_key_policy(RejectPolicy())
    try:
        _log_in(connection, ssh)
    except ServerError:
        _close(gateway)
        raise
    keep_alive(connection.transport)
    return connection


def _log_in(connection: Connection, ssh: Ssh) -> None:
    host, port = connection.host, connection.port
    where = f"{connection.user}@{host}, port {port}"
    try:
        connection.connect_kwargs["pkey"] = identity(ssh.key, agent=connection.connect_kwargs["allow_agent"])
        connection.open()
    except AuthenticationException as error:
        others = ", and no key of the agent" if connection.connect_kwargs["allow_agent"] else ""
        refused = f"does not take the key {ssh.key}{others}. Is its public part in authorized_keys?"
        raise ServerError(f"{where} {refused}") from error
    except BadHostKeyException as error:
        name = host if port == SSH_PORT else f"[{host}]:{port}"
        forget = f"If it was made anew, forget the old one: ssh-keygen -R '{name}' -f {ssh.known_hosts}"
        raise ServerError(f"{where} is another machine than {ssh.known_hosts} says. {forget}") from error
    except SSHException as error:
        advice = ". If the machine is new, look at its key's fingerprint there, and add it: "
        by = f"ssh {connection.gateway.user}@{connection.gateway.host} " if connection.gateway else ""
        add = f"{advice}{by}ssh-keyscan -p {port} {host} >> {ssh.known_hosts}"
        raise ServerError(f"{where}: {error}{add if 'known_hosts' in str(error) else ''}") from error
    except (OSError, EOFError) as error:
        raise ServerError(f"{where} does not answer: {error or 'it closed the connection'}") from error


def _close(connection: Connection | None) -> None:
    """Close a connection, and those to the jump hosts on its way."""
    while connection:
        connection.close()
        connection = connection.gateway


def keep_alive(transport: Any) -> None:
    """Send small packets at once, and give up a link that was cut."""
    transport.set_keepalive(KEEPALIVE_S)
    if isinstance(transport.sock, socket.socket):
        # A step is a few small packets. Each would wait for the one before, which the server acknowledges 40 ms late.
        transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)  # noqa: FBT003 - its signature
        # Only Linux has it; elsewhere each step's own timeout has to do.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            transport.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LOST_AFTER_S * 1000)
