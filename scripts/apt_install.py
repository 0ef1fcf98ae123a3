"""The system's packages, installed where this user may."""

import os
import shutil
import subprocess
import sys


def install(*names: str) -> bool:
    """Install Debian's packages of these names; tell whether that went well."""
    rights = privilege()
    if rights is None:
        return False
    say(f"Installing {' and '.join(names)} from the system's packages…")
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names])
    return all(succeeds([*rights, *command], env=quietly) for command in commands)


def privilege() -> list[str] | None:
    """Return what to put before a command that needs root; None when this user may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode:
        return ["sudo", "-n"]
    return None


def succeeds(command: list[str], env: dict[str, str] | None = None) -> bool:
    """Run a command quietly; tell whether it succeeded, and print what it said if not."""
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        return False
    if done.returncode:
        say(done.stderr.strip()[-500:])
    return done.returncode == 0


def say(what: str) -> None:
    """Tell the person who set this going."""
    print(what, file=sys.stderr, flush=True)
