"""The one place that chooses a target by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from acceptance.settings import Config
    from acceptance.targets.base import Target


def _module(name: str) -> Any:
    # Imported when chosen: a run against a server needs no Django, one in this process no engine.
    return import_module(f"acceptance.targets.{name}")


def _local(config: "Config") -> "Target":
    target: Target = _module("local").LocalTarget(config)
    return target


def _docker(config: "Config") -> "Target":
    own = config.docker_container == OWN_CONTAINER
    target: Target = (
        _module("container").DockerTarget(config) if own else _module("existing_container").RunningTarget(config)
    )
    return target


def _server(config: "Config") -> "Target":
    target: Target = _module("server").ServerTarget(config)
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
    "databases.url": ("docker",),
    "lock.wait": ("docker", SERVER),
}
# What such a setting has to be elsewhere.
ELSEWHERE = {
    "docker.container": OWN_CONTAINER,
    "docker.port": "free",
    "database": "sqlite",
    "databases.url": "",
    "lock.wait": "0",
}


@dataclass(frozen=True)
class Mail:
    """How the mail of a target's site can be read, and is unless another way is asked for."""

    usual: str
    # The run makes the site, and tells it where its mail goes; or even has it in this process.
    made_here: bool = False
    in_process: bool = False


MAIL = {"local": Mail("outbox", made_here=True, in_process=True), "docker": Mail("smtp", made_here=True)}
# Whoever started a site that runs already said where its mail goes.
MAIL_OF_OTHERS = Mail("none")


def mail_of(target: str, container: str) -> Mail:
    """Return how the mail of this target's site can be read; `container` is the setting."""
    return MAIL.get(target, MAIL_OF_OTHERS) if container == OWN_CONTAINER else MAIL_OF_OTHERS


def open_target(config: "Config") -> "Target":
    """Return the target that a run is about, not yet started."""
    return TARGETS.get(config.target, _server)(config)
