"""The one place that chooses a target by its name."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from features.config import Config
    from features.targets.base import Target


def _module(name: str) -> Any:
    # Imported when chosen: a run against a server needs no Django, one in this process no engine.
    return import_module(f"features.targets.{name}")


def _local(_: "Config") -> "Target":
    target: Target = _module("local").LocalTarget()
    return target


def _docker(config: "Config") -> "Target":
    own = config.docker_container == OWN_CONTAINER
    target: Target = _module("docker").DockerTarget(config) if own else _module("running").RunningTarget(config)
    return target


def _server(config: "Config") -> "Target":
    target: Target = _module("staging").ServerTarget(config)
    return target


OWN_CONTAINER = "new"
TARGETS: dict[str, Callable[["Config"], "Target"]] = {"local": _local, "docker": _docker}
# What any site of the sites file is called here, where it is not named.
SERVER = "a site on a server"
# Settings that mean something to some targets only.
ONLY_FOR = {
    "docker.container": ("docker",),
    "docker.port": ("docker",),
    "database": ("docker",),
    "lock.wait": ("docker", SERVER),
}


def open_target(config: "Config") -> "Target":
    """Return the target that a run is about, not yet started."""
    return TARGETS.get(config.target, _server)(config)
