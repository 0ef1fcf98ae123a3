"""The one place that chooses a target by its name."""

from importlib import import_module

from acceptance.settings import Settings
from acceptance.targets.base import Target


def open_target(settings: Settings) -> Target:
    """Return the target that a run is about, not yet started."""
    match settings.target:
        case "local":
            module, name = "local", "LocalTarget"
        case "docker" if settings.makes_site:
            module, name = "container", "OwnContainer"
        case "docker":
            module, name = "container", "ExistingContainer"
        case _:
            module, name = "server", "ServerTarget"
    # Imported when chosen: a run against a server needs no Django, one in this process no container engine.
    target: Target = getattr(import_module(f"acceptance.targets.{module}"), name)(settings)
    return target
