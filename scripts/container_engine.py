"""Install and start a container engine where none answers (Debian or Ubuntu, as root)."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from acceptance.docker_client import EngineError, connect
from acceptance.waiting import NotSeenError, eventually
from scripts.apt_install import install, privilege, say, succeeds

STARTED_WITHIN_S = 60
STOPPED_WITHIN_S = 30
LOG = Path("reports/dockerd.log")
# Where the engine and what it starts say which process they are, and believe it.
PID_FILES = {Path("/var/run/docker.pid"): "dockerd", Path("/var/run/docker/containerd/containerd.pid"): "containerd"}
SOCKET = Path("/var/run/docker.sock")
LINES_SHOWN = 5
# The name stands in parentheses, and may hold some itself.
STAT = re.compile(r"\((.*)\) (\w) ", re.DOTALL)


def main() -> int:
    """Leave an engine running, and tell whether there is one."""
    code = exit_code(ensure)
    if code == 0:
        say("The container engine answers.")
    return code


def exit_code(work: Callable[[], object]) -> int:
    """Do what needs the engine; return 0, or 1 once it is told why that cannot be done."""
    try:
        work()
    except EngineError as error:
        say(str(error))
        return 1
    return 0


@contextmanager
def running() -> Iterator[None]:
    """Have an engine for a while: one that had to be started here is stopped again; raises EngineError."""
    process = ensure()
    try:
        yield
    finally:
        if process:
            # It lets go of everything first.
            process.terminate()
            process.wait(STOPPED_WITHIN_S)


def ensure() -> "subprocess.Popen[bytes] | None":
    """Start an engine if none answers; return its process if it is one of this program's own. Raises EngineError."""
    if answers():
        return None
    if not shutil.which("dockerd") and not install("docker.io"):
        connect()
    return None if answers() else start()


def answers() -> bool:
    """Tell whether there is an engine that this user may use."""
    try:
        connect().close()
    except EngineError:
        return False
    return True


def start() -> "subprocess.Popen[bytes] | None":
    """Start the engine, as the system's service where there are services; raises EngineError."""
    rights = privilege()
    if rights is None:
        connect()
        return None
    if Path("/run/systemd/system").is_dir():
        succeeds([*rights, "systemctl", "start", "docker"])
        process = None
    else:
        process = _dockerd(rights)
    try:
        eventually(lambda: answers() or _ended(process), what="the container engine", within_s=STARTED_WITHIN_S)
    except NotSeenError as error:
        raise EngineError(f"{error}. What it said is in {LOG}") from error
    if _ended(process):
        said = "\n".join(LOG.read_text(errors="replace").splitlines()[-LINES_SHOWN:])
        raise EngineError(f"The container engine ended at once. It said:\n{said}")
    connect().close()
    return process


def _dockerd(rights: list[str]) -> "subprocess.Popen[bytes]":
    if listens(SOCKET):
        # Of a container that has the machine's /var/run, the numbers in these files mean other processes.
        raise EngineError(f"An engine listens at {SOCKET} and does not answer. It is not started a second time")
    LOG.parent.mkdir(exist_ok=True)
    for file, program in PID_FILES.items():
        if file.exists() and not runs(file, program):
            # An engine that was killed; a new one would take it for another that runs.
            succeeds([*rights, "rm", "--force", str(file)])
    with LOG.open("wb") as log:
        # A session of its own: Ctrl-C here is not for the engine.
        return subprocess.Popen([*rights, "dockerd"], stdout=log, stderr=log, start_new_session=True)


def listens(socket_file: Path) -> bool:
    """Tell whether some process, of whatever container, takes connections there."""
    with socket.socket(socket.AF_UNIX) as asking:
        try:
            asking.connect(str(socket_file))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def runs(file: Path, program: str) -> bool:
    """Tell whether the process that a file names is this program, and lives."""
    try:
        name, state = STAT.search(Path("/proc", file.read_text().strip(), "stat").read_text()).groups()  # type: ignore[union-attr]
    except (OSError, AttributeError):
        return False
    return bool(name == program and state not in "ZX")


def _ended(process: "subprocess.Popen[bytes] | None") -> bool:
    return process is not None and process.poll() is not None


if __name__ == "__main__":
    sys.exit(main())
