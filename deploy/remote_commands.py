"""What a site's machine is asked to do, each a Command or a few in their order."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from acceptance.remote_command import ACCOUNT, PATIENCE_S, Command

LOCK_IS_TAKEN = 75  # EX_TEMPFAIL: the lock was not to be had in time, and the command did not run
APT_PATIENCE_S, PIP_PATIENCE_S, TAR_PATIENCE_S = 600.0, 600.0, 300.0
APT_LOCK_S = 120
TURN_WITHIN_S = 60
WITH_LOCK = Path(__file__).resolve().parent / "remote" / "with_lock.py"
# Given up, they would come to their end all the same, later, when nobody expects it any more.
MIGRATING = ("migrate", "migrate_disposable")
VERBS = {
    "start": "Starting",
    "stop": "Stopping",
    "restart": "Restarting",
    "reload": "Reloading",
    "enable": "Enabling",
    "reset-failed": "Forgetting the failures of",
    "is-active": "Asking after",
    "is-enabled": "Asking after",
}
UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9@:_.-]*")
WHOSE = re.compile(r"--(unit|identifier)=[A-Za-z0-9][A-Za-z0-9@:_.-]*")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]*")
MODE = re.compile(r"[0-7]{3,4}")

Remote = str | PurePosixPath


def make_folder(path: Remote, *, mode: str = "755") -> Command:
    """Make a folder unless it is there, and see to its mode in any case."""
    return Command(("install", "--directory", f"--mode={_mode(mode)}", _at(path)), says=f"Making {path}")


def put_file(path: Remote, content: str, *, mode: str = "644") -> tuple[Command, ...]:
    """Put a file in place, complete or not at all, never open to more readers than it should be.

    dd reads what it was given; /dev/stdin would have to be opened, which no other
    account may do with a pipe, and nobody with a socket.
    """
    fresh = f"{_at(path)}.new"
    empty = ("install", f"--mode={_mode(mode)}", "/dev/null", fresh)
    return (
        Command(empty, says=f"Writing {path}"),
        Command(("dd", "status=none", f"of={fresh}"), says=f"Writing {path}", stdin=content),
        _moved(fresh, path),
    )


def switch_link(link: Remote, to: Remote) -> tuple[Command, ...]:
    """Point a symbolic link elsewhere, in one instant: nobody finds it missing."""
    fresh = f"{_at(link)}.new"
    made = ("ln", "--symbolic", "--force", "--no-dereference", _at(to), fresh)
    return Command(made, says=f"Switching {link} to {to}"), _moved(fresh, link)


def extract(archive: bytes, into: Remote) -> Command:
    """Unpack a tar archive into a folder that is there; whoever unpacks owns the files."""
    argv = ("tar", "--extract", "--no-same-owner", "--file=-", f"--directory={_at(into)}")
    return Command(argv, says=f"Unpacking into {into}", stdin=archive, timeout_s=TAR_PATIENCE_S)


def systemctl(verb: str, unit: str) -> Command:
    """Act on one unit, as root but for questions; see VERBS."""
    says = f"{VERBS[verb]} {_named(UNIT, unit)}"
    return Command(("systemctl", verb, unit), says=says, sudo=not verb.startswith("is-"))


def reload_units() -> Command:
    """Have systemd read its unit files again."""
    return Command(("systemctl", "daemon-reload"), says="Reading unit files again", sudo=True)


def journal(whose: str, since: float) -> Command:
    """Ask for what was logged since an instant, in seconds since the epoch: one JSON object a line.

    `whose` is journalctl's own choice, such as `--unit=nginx.service`.
    """
    what = (_named(WHOSE, whose), f"--since=@{since:.6f}", "--output=json", "--no-pager", "--quiet")
    return Command(("journalctl", *what), says=f"Reading the log, {whose}")


def refresh_packages() -> Command:
    """Have apt learn which packages there are."""
    return _apt("update", "--quiet", says="Reading the lists of packages")


def install_packages(names: Iterable[str]) -> Command:
    """Install Debian or Ubuntu packages, without a question."""
    named = [_named(PACKAGE, name) for name in names]
    return _apt("install", "--yes", "--quiet", "--no-install-recommends", *named, says=f"Installing {' '.join(named)}")


def find_package(name: str) -> Command:
    """Ask whether a package is installed; fails with 1 if it is not."""
    return Command(("dpkg-query", "--status", _named(PACKAGE, name)), says=f"Looking for the package {name}")


def add_account(name: str, home: Remote) -> Command:
    """Make an account that nobody can log in to; fails with 9 if it is there."""
    argv = ("useradd", "--system", "--user-group", f"--home-dir={_at(home)}", "--shell=/usr/sbin/nologin")
    return Command((*argv, _account(name)), says=f"Adding the account {name}", sudo=True)


def find_account(name: str) -> Command:
    """Ask whether there is an account; fails with 2 if there is none."""
    return Command(("getent", "passwd", _account(name)), says=f"Looking for the account {name}")


def make_venv(path: Remote, python: str = "python3") -> Command:
    """Make a virtualenv, anew if there was one; the machine's pip installs into it, so it gets none of its own."""
    argv = (python, "-m", "venv", "--clear", "--without-pip", _at(path))
    return Command(argv, says=f"Making {path}", timeout_s=PIP_PATIENCE_S)


def pip_install(venv: Remote, requirements: Remote, wheels: Remote | None = None) -> Command:
    """Install what a file asks for: from a folder of wheels and no index, or from the index."""
    source = ["--no-index", f"--find-links={_at(wheels)}"] if wheels else []
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    pip = ("python3", "-m", "pip", "--python", f"{_at(venv)}/bin/python", "install", *quiet, *source)
    says = f"Installing what {requirements} asks for"
    return Command((*pip, f"--requirement={_at(requirements)}"), says=says, timeout_s=PIP_PATIENCE_S)


def manage(wrapper: Remote, command: str, *arguments: str) -> Command:
    """Run a command of manage.py by a site's wrapper, which knows its account and environment."""
    limit_s = None if command in MIGRATING else PATIENCE_S
    return Command((_at(wrapper), command, *arguments), says=f"Running manage.py {command}", timeout_s=limit_s)


def locked(command: Command, lock: Remote, wait_s: float = 0) -> Command:
    """Return a command that holds a flock while it runs; it ends with LOCK_IS_TAKEN if others keep the lock."""
    flock = ("flock", "--exclusive", f"--timeout={wait_s:g}", f"--conflict-exit-code={LOCK_IS_TAKEN}", _at(lock))
    limit_s = None if command.timeout_s is None else command.timeout_s + wait_s
    return replace(command, argv=(*flock, *command.argv), timeout_s=limit_s)


def carrying_locks(command: Command, turns: Remote | None, token: str) -> Command:
    """Return a command that waits for what a cut connection left running, and has the site's lock by a holder's token.

    Where the lock was lost, nothing is run.
    """
    # What root runs is handed to systemd, and not left behind.
    if turns and not command.sudo:
        command = locked(command, turns, TURN_WITHIN_S)
    if not token:
        return command
    argv = ("python3", "-I", "-S", "-c", WITH_LOCK.read_text(), token, *command.arguments())
    return replace(command, argv=argv, sudo=False, user=None)


def _apt(*arguments: str, says: str) -> Command:
    argv = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", f"--option=DPkg::Lock::Timeout={APT_LOCK_S}")
    return Command((*argv, *arguments), says=says, sudo=True, timeout_s=APT_PATIENCE_S)


def _moved(fresh: str, path: Remote) -> Command:
    # Not into a folder of that name, and not followed if it is a link.
    argv = ("mv", "--force", "--no-target-directory", fresh, _at(path))
    return Command(argv, says=f"Putting {path} in place")


def _at(path: Remote) -> str:
    """Return an absolute path, which is never taken for an option or for another folder's."""
    if not str(path).startswith("/"):
        raise ValueError(f"{str(path)!r} is not an absolute path")
    return str(path)


def _account(name: str) -> str:
    return _named(ACCOUNT, name)


def _mode(mode: str) -> str:
    return _named(MODE, mode)


def _named(pattern: re.Pattern[str], name: str) -> str:
    if not pattern.fullmatch(name):
        raise ValueError(f"{name!r} does not look like {pattern.pattern}")
    return name
