"""A program of the checkout in a container: with this machine's engine, its name and users, but not its processes."""

import sys
from pathlib import Path

from docker import DockerClient

from acceptance.images import base_image

ROOT = Path(__file__).resolve().parents[2]
SOCKET = "/var/run/docker.sock"


def ran_in_a_container(engine: DockerClient, program: str) -> str:
    """Return what a program of this Python says there."""
    folders = {str(ROOT), sys.prefix, sys.base_prefix, "/usr"}
    seen = {folder: {"bind": folder, "mode": "ro"} for folder in folders} | {SOCKET: {"bind": SOCKET}}
    said = engine.containers.run(
        base_image(engine),
        [sys.executable, "-c", program],
        working_dir=str(ROOT),
        environment={"PYTHONDONTWRITEBYTECODE": "1"},
        network_mode="host",
        volumes=seen,
        stderr=True,
        remove=True,
    )
    return str(said.decode())
