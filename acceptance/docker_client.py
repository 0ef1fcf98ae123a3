"""The container engine of this machine, and messages for when it is unavailable."""

import os

import docker
from docker import DockerClient
from docker.errors import DockerException

TIMEOUT_S = 60
LOCAL = ("unix://", "/", "npipe://")


class EngineError(Exception):
    """What was asked of the engine cannot be done; says why, and what to do."""


def connect() -> DockerClient:
    """Return the engine that DOCKER_HOST or its default names; raises EngineError."""
    try:
        return docker.from_env(timeout=TIMEOUT_S)
    except DockerException as error:
        raise EngineError(_advice(str(error))) from error


def connect_here() -> DockerClient:
    """Return the engine of this machine, whose ports are this machine's; raises EngineError for another's."""
    named = os.environ.get("DOCKER_HOST", "")
    if named and not named.startswith(LOCAL):
        raise EngineError(
            f"DOCKER_HOST is {named}: an engine of another machine, whose ports are not here. "
            "The site in a container needs an engine of this machine: unset DOCKER_HOST"
        )
    return connect()


def _advice(message: str) -> str:
    if "Permission denied" in message or "PermissionError" in message:
        return (
            "This user may not use the container engine. Add the user to its group and log in again: "
            "sudo usermod --append --groups docker $USER"
        )
    return (
        "No container engine answers. Start Docker, or let `make engine` install and start it "
        f"(Debian or Ubuntu, as root). It said: {message}"
    )
