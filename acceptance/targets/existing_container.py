"""The site in a container that already runs: looked at, never stopped, reset only where it is stamped."""

from typing import Any

from docker.errors import DockerException, NotFound
from docker.models.containers import Container

from acceptance.container_engine import EngineError, connect_here
from acceptance.images import SITE
from acceptance.settings import Config
from acceptance.targets.any_container import MANAGE, ContainerSite, how_it_ended
from acceptance.targets.base import TargetError
from acceptance.targets.container_address import address_of
from acceptance.targets.docker_exec import ExecPipe
from acceptance.targets.fixture_channel import serve_fixtures
from acceptance.targets.health import health
from acceptance.targets.run_resources import LABEL

# The setting that asks for the one container of the site's image.
BY_IMAGE = "running"
TO_TAKE_FIXTURES = """
Scenarios other than @smoke need a site whose data is disposable:
  its container started with SITE_ENVIRONMENT=docker, SUPERLISTS_TESTING=1, EMAIL_FILE_PATH=/data/mail
  and SITE_ORIGIN={url},
  its database stamped by a person: docker exec -it {name} python manage.py stamp_site"""

# What the site says while somebody else is at work on its database; see acceptance/django_app/lock.py.
BUSY = "the database is in use by"
TO_WAIT = "\nTo wait until it is free: -D lock.wait=SECONDS"


class RunningTarget(ContainerSite):
    """Superlists in a container that somebody else started."""

    def __init__(self, config: Config) -> None:
        """Look for nothing yet."""
        super().__init__(config)
        self._wanted = config.docker_container
        self._lock_wait_s = config.lock_wait

    def start(self) -> None:
        """Find the container, and open the channel if its site takes fixtures; raises TargetError."""
        try:
            self.container = container = _found(self._wanted)
            self.base_url = address_of(container)
            said = health(self.base_url)
            self.prove_address(container)
        except (EngineError, DockerException, OSError, ValueError) as error:
            raise TargetError(f"The container {self._wanted!r} cannot be used: {error}") from error
        if not said["healthy"]:
            raise TargetError(f"The site in the container {container.name} is not healthy: {said}")
        self._open_channel(container)

    def _open_channel(self, container: Container) -> None:
        try:
            pipe = ExecPipe(container, [*MANAGE, *serve_fixtures(self._lock_wait_s)])
            self.open_channel(pipe, self._lock_wait_s)
        except (TargetError, OSError) as error:
            self.let_go()
            how = TO_WAIT if BUSY in str(error) else TO_TAKE_FIXTURES.format(name=container.name, url=self.base_url)
            self._no_fixtures = f"The site in the container {container.name} takes no fixtures. {error}{how}"

    def stop(self) -> None:
        """Let go of it; it runs on as it did before."""
        self.let_go()
        if self.container and self.container.client:
            self.container.client.close()


def _found(wanted: str) -> Container:
    """Return the container of this name, or the one of the site's image."""
    engine = connect_here()
    if wanted != BY_IMAGE:
        return _named(engine, wanted)
    # By the name it was started with: the name may be another image's by now. That of another run is that run's own.
    found = engine.containers.list(ignore_removed=True)
    running = [container for container in found if _is_of_the_site(container) and LABEL not in container.labels]
    if len(running) != 1:
        names = ", ".join(sorted(str(container.name) for container in running)) or "none"
        raise TargetError(f"docker.container={BY_IMAGE} needs one running container of {SITE.name}; there are: {names}")
    return running[0]


def _is_of_the_site(container: Container) -> bool:
    name = str(container.attrs["Config"]["Image"])
    return name == SITE.name or name.startswith(f"{SITE.name}:")


def _named(engine: Any, name: str) -> Container:
    try:
        container: Container = engine.containers.get(name)
    except NotFound as error:
        running = ", ".join(sorted(str(other.name) for other in engine.containers.list())) or "none"
        raise TargetError(f"There is no container {name!r}. Running: {running}") from error
    if ended := how_it_ended(container):
        paused = container.attrs["State"].get("Paused")
        raise TargetError(ended if paused else f"{ended} Start it first: docker start {name}")
    return container
