"""How the account that provisions acts as root and as other accounts: it is root, or has sudo, which may ask for it."""

import getpass
import os
import secrets
import sys
from dataclasses import replace

from acceptance.remote_command import Command
from acceptance.ssh import LostConnectionError, Server, ServerError

# Where there is no terminal to ask at.
VARIABLE = "SUPERLISTS_SUDO_PASSWORD"
# sudo reads one line of the input, or none where it needs no password: then the program would get it. So a line of
# this run's own says where the program's input begins.
SKIP = 'while IFS= read -r line && [ "$line" != "$0" ]; do :; done; exec "$@"'


def prepare(server: Server) -> None:
    """Have this connection's commands run as the accounts they name, by whatever means there is; raises ServerError."""
    if server.site.ssh.admin == "root":
        server.prepare = _by_root
        return
    asked = ("sudo", "--reset-timestamp", "--non-interactive", "--", "true")
    if server.check(Command(asked, step="Asking whether sudo needs a password"), no=1):
        return
    password, mark = _password(server), secrets.token_hex(16)
    server.prepare = lambda command: _with_password(command, password, mark)


def _by_root(command: Command) -> Command:
    """Return a command as root runs it, also where there is no sudo yet."""
    if command.sudo or command.user in (None, "root"):
        return replace(command, sudo=False, user=None)
    return replace(command, argv=("runuser", f"--user={command.user}", "--", *command.argv), user=None)


def _password(server: Server) -> str:
    """Return the password that sudo asks for, tried once; raises ServerError."""
    who = f"{server.site.ssh.admin}@{server.site.ssh.host}"
    password = os.environ.get(VARIABLE) or _asked(who)
    # One line and no more: a wrong one is not tried again.
    asked = ("sudo", "--reset-timestamp", "--stdin", "--prompt=", "--validate")
    try:
        server.run(Command(asked, step="Trying the password for sudo", stdin=f"{password}\n"))
    except LostConnectionError:
        raise
    except ServerError as error:
        raise ServerError(f"sudo does not take this password of {who}. Nothing was done.\n{error}") from error
    return password


def _asked(who: str) -> str:
    if not sys.stdin.isatty():
        raise ServerError(
            f"sudo asks {who} for a password, and there is no terminal to ask you at. "
            f"Nothing was done. Set {VARIABLE}, or run this at a terminal"
        )
    try:
        return getpass.getpass(f"Password of {who}, for sudo: ")
    except EOFError:
        return ""


def _with_password(command: Command, password: str, mark: str) -> Command:
    """Return a command that gives sudo the password before its own input, wherever it needs sudo."""
    if not (command.sudo or command.user):
        return command
    account = "root" if command.sudo else command.user
    sudo = ("sudo", "--stdin", "--prompt=", f"--user={account}", "--", "sh", "-c", SKIP, mark)
    stdin = f"{password}\n{mark}\n".encode() + command.input().read()
    return replace(command, argv=(*sudo, *command.argv), sudo=False, user=None, stdin=stdin)
