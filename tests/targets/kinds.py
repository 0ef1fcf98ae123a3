"""The kinds of target that the contract is held against, and settings for one."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from behave.configuration import Configuration

from acceptance.settings import Settings
from acceptance.targets import open_target
from acceptance.targets.base import Target
from tests.acceptance.run_settings import with_browser
from tests.targets.engine import DISPOSABLE, STAMP, by_hand, run


def config(**changes: str) -> Settings:
    """Return a run's settings, with these changes; a dot in a name is an underscore here."""
    # What does not come is waited for in vain, however long.
    changes = {"mailbox_wait": "1"} | changes
    given = [text for name, value in changes.items() for text in ("-D", f"{name.replace('_', '.')}={value}")]
    with TemporaryDirectory() as folder:
        # A target is started without the browser that a run has to have.
        environ = os.environ | {"PATH": os.pathsep.join([with_browser(Path(folder)), os.environ["PATH"]])}
        return Settings.read(Configuration(given).userdata, environ)


@contextmanager
def made_by_the_run(**settings: str) -> Iterator[Callable[[], Target]]:
    yield lambda: open_target(config(**settings))


@contextmanager
def existing() -> Iterator[Callable[[], Target]]:
    with by_hand(DISPOSABLE) as container:
        run(container, "python", "manage.py", "shell", "--command", STAMP)
        yield lambda: open_target(config(target="docker", docker_container=str(container.name), mailbox="server"))


KINDS: dict[str, Callable[[], AbstractContextManager[Callable[[], Target]]]] = {
    "local": lambda: made_by_the_run(target="local"),
    "docker": lambda: made_by_the_run(target="docker"),
    "docker-postgres": lambda: made_by_the_run(target="docker", database="postgres"),
    "existing": existing,
}
