"""The site in a container: one that the run makes of what the checkout holds, or one that somebody started."""

import secrets
import socket
import sys
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container

import databases
from acceptance import setting_values
from acceptance.docker_client import EngineError, connect_here
from acceptance.images import Recipe, image, site_recipe
from acceptance.mailboxes.base import MailboxError
from acceptance.project import project
from acceptance.redaction import hide
from acceptance.settings import Settings
from acceptance.targets.base import FixtureError, TargetError
from acceptance.targets.database_lease import DatabaseLease
from acceptance.targets.docker_exec import MANAGE, ExecProcess, put_file, run_manage
from acceptance.targets.fixture_channel import ChannelTarget, serve_fixtures
from acceptance.targets.health_client import health, identity, visit
from acceptance.targets.host_tunnel import Tunnel, command
from acceptance.targets.run_resources import RunResources
from acceptance.waiting import NotSeenError, eventually
from databases import RefusedError
from databases.client import Client, UnreachableError
from databases.databases import Databases
from databases.settings import Settings as DatabaseSettings

LOOPBACK = "127.0.0.1"
MAIL_AUTHORITY = "/etc/ssl/mail-authority.pem"
POSTGRES_RECIPE = Recipe("postgres", Path(databases.__file__).parent / "image", "Dockerfile")
POSTGRES_PORT = 5432
PORTS_TRIED = 5
TAKEN = ("already allocated", "already in use")
START_LIMIT_S = 30.0
CONNECT_LIMIT_S = 2.0
LOG_LINES_SHOWN = 40
DATABASE_ERRORS = (RefusedError, UnreachableError, DockerException)
FAILURES = (TargetError, FixtureError, EngineError, MailboxError, NotSeenError, *DATABASE_ERRORS, OSError)
# The host names of this machine that a browser can go to; the second leads to ::1 as well.
HOSTS = (LOOPBACK, "localhost")
# The interfaces at which a published port reaches each address; a wildcard of IPv6 may take IPv4 as well.
REACH_IPV4 = {LOOPBACK, "", "0.0.0.0", "::"}  # noqa: S104 - only compared
REACH_IPV6 = {"::1", "", "::"}


class ContainerTarget(ChannelTarget):
    """What the two have in common: a container, and the site in it."""

    container: Container | None = None

    def described(self) -> str:
        """Return what a message calls the site: by the container's name."""
        return f"The site in the container {self.container.name if self.container else '(none)'}"

    def fixture_process(self, arguments: list[str]) -> ExecProcess:
        """Start manage.py by `docker exec -i`."""
        assert self.container  # noqa: S101 - there is one once the target is started
        return ExecProcess(self.container, [*MANAGE, *arguments])

    def read_log(self, since: float) -> list[str]:
        """Return what the container wrote since then."""
        if self.container is None:
            return []
        try:
            return [str(line) for line in self.container.logs(since=since).decode(errors="replace").splitlines()]
        except (DockerException, OSError) as error:
            raise TargetError(str(error)) from error

    def failure_reason(self) -> str:
        """Return how the container ended, or else the channel."""
        return how_it_ended(self.container) or super().failure_reason()


class OwnContainer(ContainerTarget):
    """The site in a container of this run's own, with a database of its own; both are removed again."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._settings = settings
        self._resources: RunResources | None = None
        self._lease: DatabaseLease | None = None
        self._tunnels: list[Tunnel] = []
        self._host = LOOPBACK if settings.site_host == setting_values.LOOPBACK else settings.site_host
        # The server of a database that this run itself made.
        self.database: Container | None = None

    def one_worker_reason(self, *, fixtures: bool) -> str:
        """Return nothing, unless all containers were to have one port."""
        port = self._settings.docker_port
        return f"docker.port={port} is the port of one container" if port else ""

    def prepare(self) -> None:
        """Build the images, if need be."""
        try:
            with closing(connect_here()) as engine:
                image(engine, site_recipe())
                if self._settings.database == "postgres" and not self._settings.databases_url:
                    image(engine, POSTGRES_RECIPE)
        except FAILURES as error:
            raise TargetError(f"The site cannot start in a container: {error}") from error

    def remove_orphans(self) -> None:
        """Give back databases, and remove containers, volumes and folders of runs and workers that have ended."""
        try:
            resources = RunResources(connect_here())
            try:
                if borrower := self._borrower(resources):
                    borrower.give_back_orphans()
                resources.remove_orphans()
            finally:
                resources.remove()
        except FAILURES as error:
            raise TargetError(f"What killed workers have left stays: {error}. The next run removes it.") from error

    def start(self) -> None:
        """Build the image if need be, and bring up database, container and channel; raises TargetError."""
        try:
            self._start(connect_here())
        except FAILURES as error:
            log = f"\n{_last_lines(self.container)}" if self.container else ""
            self.stop()
            raise TargetError(f"The site did not start in a container: {error}{log}") from error

    def _start(self, engine: DockerClient) -> None:
        self._resources = resources = RunResources(engine)
        database_url, tunnels = self._open_database(engine, resources)
        resources.remove_orphans()
        tag, data = image(engine, site_recipe()), project().image.data
        mail = self.mailbox.settings_for_site(lambda: f"{data}/mail")
        if mail.port:
            tunnels[mail.port] = (LOOPBACK, mail.port)
        options = {
            "image": tag,
            "name": resources.name,
            "labels": resources.labels,
            "volumes": {engine.volumes.create(resources.name, labels=resources.labels).name: {"bind": data}},
            # OpenSSL trusts the authority that the one variable names.
            "environment": {"DATABASE_URL": database_url or f"sqlite:///{data}/db.sqlite3", **mail.environment}
            | ({"SSL_CERT_FILE": MAIL_AUTHORITY} if mail.authority else {}),
        }
        self.container = self._create(engine, options, mail.authority)
        for port, to in tunnels.items():
            self._tunnels.append(Tunnel(ExecProcess(self.container, command(port)), to))
        run_manage(self.container, "migrate_disposable")
        # It starts while the site does.
        process = self.fixture_process(serve_fixtures())
        try:
            eventually(self._look, lambda status: status.get("healthy"), what="a healthy site", within_s=START_LIMIT_S)
        except BaseException:
            process.close()
            raise
        self.open_channel(process)

    def _open_database(self, engine: DockerClient, resources: RunResources) -> tuple[str, dict[int, tuple[str, int]]]:
        """Return the address of PostgreSQL, or nothing without; and the ports for it in the container's loopback."""
        if self._settings.database != "postgres":
            return "", {}
        password = hide(secrets.token_urlsafe(24))
        if lease := self._borrower(resources):
            self._lease = lease
            self._lease.give_back_orphans()
            address = self._lease.take(password)
        else:
            self.database = own_postgres(engine, resources, password)
            # Containers reach each other, also where none of the engine's networks is this machine's.
            (network,) = self.database.attrs["NetworkSettings"]["Networks"].values()
            address = str(network["IPAddress"]), POSTGRES_PORT
        # Within the container, a loopback address would be the container's own.
        tunnels = {POSTGRES_PORT: address} if is_loopback(address[0]) else {}
        host, port = (LOOPBACK, POSTGRES_PORT) if tunnels else address
        return f"postgres://postgres:{password}@{host}:{port}/postgres", tunnels

    def _borrower(self, resources: RunResources) -> DatabaseLease | None:
        """Return what borrows a database, where a service lends them."""
        url, token = self._settings.databases_url, self._settings.databases_token
        return DatabaseLease(LendingService(url, token), url, resources) if url else None

    def _create(self, engine: DockerClient, options: dict[str, Any], authority: str) -> Container:
        """Create the container and start it; return it, or raise TargetError where the port is taken.

        The engine would find a free port by itself; but the site is told its port before, as links in mails lead there.
        """
        for _ in range(1 if self._settings.docker_port else PORTS_TRIED):
            port = self._settings.docker_port or _free_port(self._host)
            self.base_url = f"http://{self._host}:{port}"
            environment = {**options["environment"], **project().container_environment(options["name"], self.base_url)}
            ports = {f"{project().image.port}/tcp": (socket.gethostbyname(self._host), port)}
            container = engine.containers.create(**options | {"environment": environment}, ports=ports)
            if authority:
                put_file(container, MAIL_AUTHORITY, authority)
            try:
                container.start()
            except APIError as error:
                if not any(words in str(error) for words in TAKEN):
                    raise
                container.remove(force=True)
            else:
                return container
        raise TargetError(f"The port {port} is taken; allowed for docker.port: another, or free")

    def _look(self) -> dict[str, Any]:
        """Return what the site says of itself; raises TargetError once the container has ended."""
        if ended := how_it_ended(self.container):
            raise TargetError(ended)
        try:
            status = health(self.base_url)
        except (OSError, ValueError) as error:
            return {"no answer": str(error)}
        if self._resources and status["site"] != self._resources.name:
            return {"an answer of another site": status["site"]}
        return status

    def failure_reason(self) -> str:
        """Return how the container ended, or the database's, or else the channel."""
        return (how_it_ended(self.database) if self.database else "") or super().failure_reason()

    def stop(self) -> None:
        """Remove everything that this run made."""
        self.close_channel()
        while self._tunnels:
            self._tunnels.pop().close()
        self.mailbox.close()
        try:
            if self._lease:
                self._lease.give_back()
        except DATABASE_ERRORS as error:
            print(f"The database of this run stays: {error}. The next run removes it.", file=sys.__stderr__)
        if self._resources:
            self._resources.remove()
        self._lease = self._resources = None


class ExistingContainer(ContainerTarget):
    """The site in a container that somebody started: never stopped, and emptied only where its database is stamped."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._name = settings.docker_container

    def start(self) -> None:
        """Find the container, and its site on this machine; raises TargetError."""
        try:
            self.container = container = _find(connect_here(), self._name)
            self.base_url = _address_of(container)
            status = health(self.base_url)
        except (EngineError, DockerException, OSError, ValueError) as error:
            raise TargetError(f"The container {self._name!r} cannot be used: {error}") from error
        if not status["healthy"]:
            raise TargetError(f"The site in the container {container.name} is not healthy: {status}")
        self._identity = identity(status)
        self.read_only = self._identity.environment == "production"
        self._fixtures_unavailable = None

    def advice(self) -> str:
        """Return how a person makes a site disposable."""
        name = self.container.name if self.container else self._name
        return "\n" + project().container_advice.format(name=name, url=self.base_url)

    def stop(self) -> None:
        """Let go of it; it runs on as it did before."""
        self.close_channel()
        if self.container and self.container.client:
            self.container.client.close()


class LendingService(Client):
    """A service at an address."""

    def delete(self, identity: str, data: str = "keep") -> dict[str, Any]:
        """Remove a database; another run may have removed it already."""
        try:
            return super().delete(identity, data)
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return {}


def own_postgres(engine: DockerClient, resources: RunResources, password: str) -> Container:
    """Return a PostgreSQL of the run's own, made by the code of the service; it goes with the run's labels."""
    settings = DatabaseSettings(
        root=resources.folder / "databases",
        image=image(engine, POSTGRES_RECIPE),
        labels=resources.labels,
        # Nobody needs it after a loss of power.
        durable=False,
    )
    made = Databases(engine, settings).make("run", "database", password)
    return engine.containers.get(made["id"])


def is_loopback(host: str) -> bool:
    """Tell whether only this machine itself reaches a host by this name."""
    return host in HOSTS or host == "::1" or host.startswith("127.")


def how_it_ended(container: Container | None) -> str:
    """Return why a container is of no more use; nothing while it runs."""
    if container is None:
        return "There is no container."
    try:
        container.reload()
    except NotFound:
        return f"The container {container.name} is gone: it was removed."
    except (DockerException, OSError) as error:
        return f"The engine no longer answers: {error}"
    state = container.attrs["State"]
    if state.get("Paused"):
        return f"The container {container.name} is paused: docker unpause {container.name}"
    if state["Running"]:
        return ""
    memory = ", out of memory" if state.get("OOMKilled") else ""
    return f"The container {container.name} ended with exit code {state['ExitCode']}{memory}."


def _last_lines(container: Container) -> str:
    """Return the end of a container's log, for a message."""
    try:
        written = container.logs(tail=LOG_LINES_SHOWN).decode(errors="replace").rstrip()
    except (DockerException, OSError) as error:
        written = f"(cannot be read: {error})"
    return f"The container's last log lines:\n{written or '(none)'}"


def _free_port(host: str = LOOPBACK) -> int:
    with socket.create_server((host, 0)) as free:
        return int(free.getsockname()[1])


def _find(engine: DockerClient, name: str) -> Container:
    """Return the container of this name; raises TargetError unless it runs."""
    try:
        container: Container = engine.containers.get(name)
    except NotFound as error:
        running = ", ".join(sorted(str(other.name) for other in engine.containers.list())) or "none"
        raise TargetError(f"There is no container {name!r}. Running: {running}") from error
    if ended := how_it_ended(container):
        paused = container.attrs["State"].get("Paused")
        raise TargetError(ended if paused else f"{ended} Start it first: docker start {name}")
    return container


def _address_of(container: Container) -> str:
    """Return where a browser finds the site, on this machine and nowhere else; raises TargetError, OSError."""
    inside = project().image.port
    published = container.ports.get(f"{inside}/tcp") or []
    advice = f": docker run -p {LOOPBACK}:{inside}:{inside} …"
    if not published:
        raise TargetError(f"{container.name} does not publish its port {inside}{advice}")
    addresses = ", ".join(f"{each['HostIp']}:{each['HostPort']}" for each in published)
    ports = [each["HostPort"] for each in published if each["HostIp"] in REACH_IPV4]
    if not ports:
        raise TargetError(f"{container.name} publishes its port at {addresses} only{advice}")
    for host in HOSTS:
        url = f"http://{host}:{ports[0]}"
        # As Django answers to a host that is not the site's.
        if visit(url).status_code != HTTPStatus.BAD_REQUEST:
            if host != LOOPBACK:
                _refuse_neighbour(int(ports[0]), {each["HostIp"] for each in published})
            return url
    raise TargetError(f"The site in {container.name} answers to another host. Allowed: {' or '.join(HOSTS)}")


def _refuse_neighbour(port: int, interfaces: set[str]) -> None:
    """Raise TargetError where something else answers at ::1, which a browser may take for localhost."""
    if not interfaces & REACH_IPV6:
        with suppress(OSError), socket.create_connection(("::1", port), timeout=CONNECT_LIMIT_S):
            raise TargetError(
                f"At ::1, port {port}, something else answers, and localhost leads there too. "
                f"Publish the container at another port, or let its site answer to {LOOPBACK}"
            )
