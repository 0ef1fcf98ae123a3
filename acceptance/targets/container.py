"""The site in a container of this run's own: made from what the checkout holds, and removed again."""

import secrets
from typing import Any

from docker import DockerClient
from docker.errors import APIError, DockerException

from acceptance.container_engine import EngineError, connect_here
from acceptance.images import SITE, image, release
from acceptance.mailboxes.base import MailboxError, MailSettings
from acceptance.settings import Config
from acceptance.targets.any_container import MANAGE, ContainerSite, how_it_ended, last_lines, run_manage
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.container_address import PORT
from acceptance.targets.container_databases import DATABASES
from acceptance.targets.docker_exec import ExecPipe
from acceptance.targets.fixture_channel import serve_fixtures
from acceptance.targets.health import health
from acceptance.targets.host_tunnel import Tunnel
from acceptance.targets.run_resources import Owned
from acceptance.targets.tar import packed
from acceptance.waiting import NotSeenError, eventually
from deploy.box_container import PORTS_TRIED, TAKEN, free_ports

HOST = "127.0.0.1"
DATA = "/data"
CODE = "/src"
MAIL_AUTHORITY = "etc/ssl/mail-authority.pem"
START_LIMIT_S = 30.0
FAILURES = (TargetError, FixtureError, EngineError, DockerException, MailboxError, NotSeenError, OSError)


class DockerTarget(ContainerSite):
    """Superlists in a container of its own, with a database of its own."""

    def __init__(self, config: Config) -> None:
        """Set nothing up yet."""
        super().__init__(config)
        self._port = config.docker_port
        self._database = DATABASES[config.database](config)
        self._owned: Owned | None = None
        self._tunnels: list[Tunnel] = []

    def start(self) -> None:
        """Build the image if need be, and bring up container and channel; raises TargetError."""
        try:
            self._start()
        except FAILURES as error:
            log = f"\n{last_lines(self.container)}" if self.container else ""
            self.stop()
            raise TargetError(f"The site did not start in a container: {error}{log}") from error

    def _start(self) -> None:
        engine = connect_here()
        self._owned = owned = Owned(engine)
        owned.remove_what_dead_runs_left()
        tag = image(engine, SITE)
        place = self._database.open(engine, owned)
        self.beside = place.beside
        mail_settings = self.mailbox.settings_for_site(lambda: f"{DATA}/mail")
        told = {
            "image": tag,
            "name": owned.name,
            "labels": owned.labels,
            "environment": _environment(owned) | place.environment | _sending(mail_settings),
            "volumes": {engine.volumes.create(owned.name, labels=owned.labels).name: {"bind": DATA}},
        }
        files = [(CODE, packed("RELEASE", release()))]
        if mail_settings.authority:
            files.append(("/", packed(MAIL_AUTHORITY, mail_settings.authority)))
        tries = PORTS_TRIED
        while not self._has_begun(engine, told, files, last=tries == 1):
            tries -= 1
        self._run(place.tunnels | ({mail_settings.port: (HOST, mail_settings.port)} if mail_settings.port else {}))

    def _has_begun(
        self, engine: DockerClient, told: dict[str, Any], files: list[tuple[str, bytes]], *, last: bool
    ) -> bool:
        """Create the container, and start it; tell whether its port was free, or raise TargetError if it was the last.

        The engine would find a free one; but the site is told of its port before, to mail links that lead there.
        """
        port = self._port or free_ports()[0]
        self.base_url = f"http://{HOST}:{port}"
        environment = told["environment"] | {"SITE_ORIGIN": self.base_url}
        self.container = engine.containers.create(**told | {"environment": environment}, ports={PORT: (HOST, port)})
        # An image that was found may have been built of the same files in another commit.
        for folder, archive in files:
            self.container.put_archive(folder, archive)
        try:
            self.container.start()
        except APIError as error:
            if not any(words in str(error) for words in TAKEN):
                raise
            if self._port or last:
                raise TargetError(f"The port {port} is taken; allowed for docker.port: another, or free") from error
            self.container.remove(force=True)
            return False
        return True

    def _run(self, tunnels: dict[int, tuple[str, int]]) -> None:
        assert self.container  # noqa: S101 - created by _start
        for port, to in tunnels.items():
            self._tunnels.append(Tunnel(self.container, port, to))
        run_manage(self.container, "migrate_disposable")
        pipe = ExecPipe(self.container, [*MANAGE, *serve_fixtures()])
        try:
            eventually(self._look, lambda said: said.get("healthy"), what="a healthy site", within_s=START_LIMIT_S)
        except BaseException:
            pipe.close()
            raise
        self.open_channel(pipe)

    def _look(self) -> dict[str, Any]:
        assert self.container  # noqa: S101 - created by _start
        if ended := how_it_ended(self.container):
            raise TargetError(ended)
        try:
            said = health(self.base_url)
        except (OSError, ValueError) as error:
            return {"no answer": str(error)}
        if self._owned and said["site"] != self._owned.name:
            return {"an answer of another site": said["site"]}
        return said

    def stop(self) -> None:
        """Remove everything that this run made."""
        self.let_go()
        while self._tunnels:
            self._tunnels.pop().close()
        self.mailbox.close()
        self._database.close()
        if self._owned:
            self._owned.remove()
        self._owned = None


def _environment(owned: Owned) -> dict[str, str]:
    """Return what the site is told of itself: a disposable one, as far as that goes like production."""
    return {
        "SITE_ENVIRONMENT": "docker",
        "SUPERLISTS_TESTING": "1",
        "SITENAME": owned.name,
        "DJANGO_ALLOWED_HOST": HOST,
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
    }


def _sending(mail_settings: MailSettings) -> dict[str, str]:
    """Return what the site is told of its mail; OpenSSL trusts the authority that the one variable names."""
    authority = {"SSL_CERT_FILE": f"/{MAIL_AUTHORITY}"} if mail_settings.authority else {}
    return {**mail_settings.environment, **authority}
