"""The kinds of target that the contract is held against, and settings for one."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from behave.configuration import Configuration

from acceptance.settings import Settings
from acceptance.targets import open_target
from acceptance.targets.any_container import run_manage
from acceptance.targets.base import Target, TargetError
from acceptance.targets.container import DockerTarget
from tests.acceptance.run_settings import with_browser


class PlainDockerTarget(DockerTarget):
    """A container with no channel: each fixture is a `docker exec … manage.py`, as a person types it."""

    def start(self) -> None:
        super().start()
        self.let_go()

    def manage(self, command: str, *args: str) -> str:
        if self.container is None:
            raise TargetError("The container is not up.")
        return run_manage(self.container, command, *args)


def config(**changes: str) -> Settings:
    """Return a run's settings, with these changes; a dot in a name is an underscore here."""
    # What does not come is waited for in vain, however long.
    changes = {"mailbox_wait": "2"} | changes
    given = [text for name, value in changes.items() for text in ("-D", f"{name.replace('_', '.')}={value}")]
    with TemporaryDirectory() as folder:
        # A target is started without the browser that a run has to have.
        environ = os.environ | {"PATH": os.pathsep.join([with_browser(Path(folder)), os.environ["PATH"]])}
        return Settings.read(Configuration(given).userdata, environ)


KINDS: dict[str, Callable[[], Target]] = {
    "local": lambda: open_target(config(target="local")),
    "docker": lambda: open_target(config(target="docker")),
    "docker-postgres": lambda: open_target(config(target="docker", database="postgres")),
    "docker-exec": lambda: PlainDockerTarget(config(target="docker")),
}
