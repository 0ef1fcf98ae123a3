"""The machine's container engine, by its own command; and what a container of the site is told."""

import fcntl
import os
import pwd
import re
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, NoReturn

IMAGE = "superlists-release"
# What a container of a site bears.
UNIT, SLOT = "superlists.unit", "superlists.slot"
RELEASE = re.compile(r"[0-9a-f]{12}")
SETTINGS = (".env", ".env.next")
VARIABLE = re.compile(r"([A-Z_]+)='([^']*)'")
# Nothing of whoever asks; nor of the site's settings, which could name a library for root to load.
ENVIRON = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
# The mail server and the database may be at this machine's own addresses; it listens on a socket alone.
CONFINED = ("--network=host", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--no-healthcheck")
LIMIT_S = 300
# An answer, where every other code but 0 is an error.
HAS_NOT = 4
ALONE_WITHIN_S = 90
POLL_S = 0.05
LAST_LINES = 30


class Refused(Exception):  # noqa: N818 - as one says it
    """Something that is not done; says why."""


class Site(NamedTuple):
    """One site on this machine."""

    unit: str
    home: str
    account: str

    @property
    def user_home(self) -> str:
        """The home of who deploys: the last folder on the way to the site's that this account cannot swap."""
        return os.path.dirname(os.path.dirname(self.home))  # noqa: PTH120 - a plain path of the machine's

    @property
    def state(self) -> str:
        """The folder with the site's sockets, and the link to the one that serves."""
        return f"/var/lib/{self.unit}"

    @property
    def current(self) -> str:
        """The link that nginx follows."""
        return f"{self.state}/current.sock"

    def socket(self, slot: str) -> str:
        """Return where the container of this slot listens."""
        return f"{self.state}/sockets/{slot}.sock"


def image(release: str) -> str:
    """Return the tag of a release's image; raises Refused for anything but a commit."""
    if not RELEASE.fullmatch(release):
        raise Refused(f"{release!r} is no release; allowed: 12 characters of 0-9a-f")
    return f"{IMAGE}:{release}"


def is_loaded(release: str) -> bool:
    """Tell whether a release's image is on this machine."""
    return bool(docker("image", "ls", "--quiet", image(release)))


def docker(*arguments: str) -> str:
    """Return what the engine's command prints, stripped; raises Refused with its last output."""
    done = _done("docker", *arguments)
    if done.returncode:
        raise Refused(f"docker {arguments[0]}: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout.strip()


def _done(*command: str) -> "subprocess.CompletedProcess[str]":
    # What is meant to be inherited is: the settings, as a file in memory.
    return subprocess.run(
        command, env=ENVIRON, close_fds=False, timeout=LIMIT_S, capture_output=True, text=True, check=False
    )


def become(*arguments: str) -> NoReturn:
    """Go on as the engine's command: whoever asked has its input, its output and its exit code."""
    os.execvpe("docker", ["docker", *arguments], ENVIRON)  # noqa: S606 - that is the point


def is_there(name: str) -> bool:
    """Tell whether there is a container of this name, running or not."""
    return bool(docker("ps", "--all", "--quiet", f"--filter=name=^{name}$"))


def unit_of(name: str) -> str:
    """Return the unit of the site that a container is of; empty if it is of none."""
    return docker("inspect", f'--format={{{{index .Config.Labels "{UNIT}"}}}}', name)


def is_running(name: str) -> bool:
    """Tell whether a container runs."""
    return docker("inspect", "--format={{.State.Running}}", name) == "true"


def said_by(name: str) -> str:
    """Return the last lines that a container printed."""
    done = _done("docker", "logs", f"--tail={LAST_LINES}", name)
    return f"{done.stdout}{done.stderr}".strip() or "(nothing)"


def as_the_site(site: Site, settings: str) -> "list[str]":
    """Return what every container of the site is told: its account, its folder, its settings, and no privilege."""
    account = pwd.getpwnam(site.account)
    user, home = f"--user={account.pw_uid}:{account.pw_gid}", bound_home(site)
    given = f"--env-file=/proc/self/fd/{_unquoted(f'{site.home}/{settings}')}"
    return [*CONFINED, user, "--tmpfs=/tmp", home, given]


def _unquoted(path: str) -> int:
    """Return a file in memory, for the engine's command to inherit, that says what .env says in the engine's way."""
    # Not followed, and not quoted in an error, if it is not what it should be: root reads it for somebody else,
    # who may have made any folder above it a link to another's. A pipe would never come to its end.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_uid != asker()[0]:
            raise Refused(f"{path} is no file of the user who asks")
        lines = [VARIABLE.fullmatch(line) for line in file.read().splitlines() if line]
    if None in lines:
        raise Refused(f"{path}: line {lines.index(None) + 1} is not NAME='value'")
    handle = os.memfd_create("settings", flags=0)
    os.write(handle, "".join(f"{line[1]}={line[2]}\n" for line in lines if line).encode())
    os.set_inheritable(handle, True)  # noqa: FBT003 - the only way to say it
    return handle


def asker() -> "tuple[int, int]":
    """Return the account and the group of whoever asks; sudo tells, and nobody else can."""
    return int(os.environ.get("SUDO_UID", os.getuid())), int(os.environ.get("SUDO_GID", os.getgid()))


def bound(folder: str) -> str:
    """Return what gives a container a folder of the machine, at the same path; the engine makes none."""
    return f"--mount=type=bind,source={folder},target={folder}"


def bound_home(site: Site) -> str:
    """Return what gives a container the site's folder, with the home that it is in; raises Refused for a link.

    The engine follows links as root, also later, when a container starts again. So it is given a folder that only root
    can swap; what is a link below it leads, in the container, no further than the container's own account may go.
    """
    for path in (os.path.dirname(site.home), site.home, f"{site.home}/static"):  # noqa: PTH120 - as above
        if os.path.islink(path):  # noqa: PTH114 - as above
            raise Refused(f"{path} is a symbolic link, to {os.readlink(path)}. Remove it: rm {path}")  # noqa: PTH115
    return bound(site.user_home)


@contextmanager
def alone(site: Site) -> Iterator[None]:
    """Wait for what an earlier request, whose connection was cut, still does here; raises Refused if that lasts.

    Who asked would be told of a time limit otherwise, and later, when nobody expects it any more, it would be done.
    """
    lock = os.open(f"{site.state}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # Whoever may read it may hold it.
        os.fchmod(lock, 0o600)
        deadline = time.monotonic() + ALONE_WITHIN_S
        while not _taken(lock):
            if time.monotonic() >= deadline:
                raise Refused(f"an earlier request is still being done here, after {ALONE_WITHIN_S} s. Try again later")
            time.sleep(POLL_S)
        yield
    finally:
        os.close(lock)


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
