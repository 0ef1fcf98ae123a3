"""Commands that more than one part of a deploy runs on a site's server."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from acceptance.remote_command import Command

REMOTE = Path(__file__).resolve().parent / "remote"
APT_TIMEOUT_S = 600.0
APT_LOCK_S = 120
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


def source(name: str) -> str:
    """Return a program of deploy/remote/, which is sent with the command that runs it."""
    return (REMOTE / f"{name}.py").read_text()


def program(name: str, *arguments: str, step: str, **options: Any) -> Command:
    """Run a program of deploy/remote/ by the server's own Python."""
    return Command(("python3", "-c", source(name), *arguments), step=step, **options)


def systemctl(verb: str, unit: str) -> Command:
    """Act on one unit, as root but for questions; see VERBS."""
    if not UNIT.fullmatch(unit):
        raise ValueError(f"{unit!r} is not the name of a unit")
    return Command(("systemctl", verb, unit), step=f"{VERBS[verb]} {unit}", sudo=not verb.startswith("is-"))


def install_packages(names: Iterable[str]) -> tuple[Command, ...]:
    """Install Debian or Ubuntu packages, without a question."""
    apt = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", f"--option=DPkg::Lock::Timeout={APT_LOCK_S}", "--quiet")
    install = (*apt, "install", "--yes", "--no-install-recommends", *names)
    return (
        Command((*apt, "update"), step="Reading the lists of packages", sudo=True, timeout_s=APT_TIMEOUT_S),
        Command(install, step=f"Installing {' '.join(names)}", sudo=True, timeout_s=APT_TIMEOUT_S),
    )
