"""Commands that more than one part of a deploy runs on a site's server."""

from pathlib import Path
from typing import Any

from acceptance.remote_command import Command

REMOTE = Path(__file__).resolve().parent / "remote"


def source(name: str) -> str:
    """Return a program of deploy/remote/, which is sent with the command that runs it."""
    return (REMOTE / f"{name}.py").read_text()


def program(name: str, *arguments: str, step: str, **options: Any) -> Command:
    """Run a program of deploy/remote/ by the server's own Python."""
    return Command(("python3", "-c", source(name), *arguments), step=step, **options)


def systemctl(verb: str, unit: str) -> Command:
    """Act on one unit, as root but for questions."""
    return Command(("systemctl", verb, unit), step=f"Running systemctl {verb} {unit}", sudo=not verb.startswith("is-"))
