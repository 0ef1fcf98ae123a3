"""The containers of one service, as the engine knows them: their labels say what they are."""

import random
import tarfile
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docker import DockerClient
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import LogConfig, Mount

from . import RefusedError
from .data_directories import StorageDir, server_user
from .settings import Settings

# Which service a container is of, whose, and what it contains.
ROOT, SERVICE, OWNER, STORAGE, PORT = (f"databases.{name}" for name in ("root", "service", "owner", "storage", "port"))
SERVER_PORT = "5432/tcp"
VERIFIER = "run/databases/verifier"
MAX_PROCESSES = 256
STOPPED_WITHIN_S = 30
LOG_LINES = 15
NO_ROOM = "No space left on device"
TAKEN = ("port is already allocated", "address already in use")


class PortTakenError(RefusedError):
    """Somebody else has the port."""

    def __init__(self, port: int) -> None:
        """Take the port."""
        super().__init__(409, f"port: {port} is taken by somebody else; allowed: another, or none, or later again")


@dataclass(frozen=True)
class ServerContainer:
    """A server's container that exists."""

    id: str
    owner: str
    storage: str
    port: int
    state: str
    created: int

    @property
    def runs(self) -> bool:
        """Whether its server can be asked anything."""
        return self.state == "running"


class Containers:
    """What a service does with its engine. Everything raises DockerException where the engine does not answer."""

    def __init__(self, engine: DockerClient, settings: Settings, service_id: str) -> None:
        """Look only at containers of this service: in a container, others have a root folder of the same name."""
        self._engine = engine
        self._settings = settings
        self._labels = {ROOT: str(settings.root), SERVICE: service_id}

    def all(self, **labels: str) -> list[ServerContainer]:
        """Return the containers with these labels, in one question to the engine; the oldest first."""
        filters = {"label": [f"{name}={value}" for name, value in (self._labels | labels).items()]}
        listed = self._engine.api.containers(all=True, filters=filters)
        return sorted(map(_container, listed), key=lambda container: (container.created, container.id))

    def of(self, directory: StorageDir) -> ServerContainer | None:
        """Return the container of a storage directory."""
        return next(iter(self.all(**{OWNER: directory.owner, STORAGE: directory.name})), None)

    def free_port(self, taken: Collection[int]) -> int:
        """Return a port of the range, in any order, so that two services with one range seldom want the same."""
        ports = self._settings.ports
        if free := [port for port in ports if port not in taken]:
            return random.choice(free)  # noqa: S311 - no secret
        raise RefusedError(409, f"No port from {ports[0]} to {ports[-1]} is free; delete a database first")

    def create(self, directory: StorageDir, port: int, verifier: str) -> ServerContainer:
        """Make a container, not started yet, that gets the verifier as a file; raises RefusedError."""
        settings = self._settings
        labels = {OWNER: directory.owner, STORAGE: directory.name, PORT: str(port)}
        try:
            made = self._engine.containers.create(
                settings.image,
                [] if settings.durable else ["-c", "fsync=off"],
                labels={**settings.labels, **self._labels, **labels},
                user=server_user(),
                mounts=[Mount("/storage", str(directory.volume), type="bind")],
                ports={SERVER_PORT: (str(settings.listen), port)},
                mem_limit=f"{settings.memory_mb}m",
                memswap_limit=f"{settings.memory_mb}m",
                pids_limit=MAX_PROCESSES,
                # A superuser of PostgreSQL can run programs, but only with the rights of this account.
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                log_config=LogConfig(type="json-file", config={"max-size": "10m", "max-file": "2"}),
            )
        except ImageNotFound as error:
            message = f"The image {settings.image} is missing; `python -m databases image` makes it"
            raise RefusedError(503, message) from error
        made.put_archive("/", _archive(verifier))
        return ServerContainer(str(made.id), directory.owner, directory.name, port, "created", int(time.time()))

    def start(self, container: ServerContainer) -> None:
        """Start a container; raises PortTakenError."""
        try:
            self._engine.api.start(container.id)
        except APIError as error:
            if any(words in str(error) for words in TAKEN):
                raise PortTakenError(container.port) from error
            raise

    def stop(self, container: ServerContainer) -> None:
        """Stop a server in good order; safe to call twice."""
        self._engine.api.stop(container.id, timeout=STOPPED_WITHIN_S)

    def remove(self, container: ServerContainer) -> None:
        """Remove a container, whatever it is doing; safe to call twice. Its directory stays."""
        with suppress(NotFound):
            try:
                self._engine.api.remove_container(container.id, force=True, v=True)
            except APIError as error:
                if "already in progress" not in str(error):
                    raise

    def require_running(self, container: ServerContainer) -> None:
        """Raise RefusedError with the reason why a server has ended, if it has."""
        try:
            state = self._engine.api.inspect_container(container.id)["State"]
            if state["Running"]:
                return
            log = self._engine.api.logs(container.id, tail=LOG_LINES).decode(errors="replace").strip()
        except NotFound as error:
            raise RefusedError(409, "The container was removed meanwhile") from error
        if NO_ROOM in log:
            raise RefusedError(507, f"The disk is full: {log}")
        memory = ", out of memory" if state.get("OOMKilled") else ""
        raise RefusedError(503, f"The server ended with exit code {state['ExitCode']}{memory}. Its log: {log}")


def _container(listed: dict[str, Any]) -> ServerContainer:
    labels = listed["Labels"]
    port = int(labels[PORT])
    return ServerContainer(listed["Id"], labels[OWNER], labels[STORAGE], port, listed["State"], listed["Created"])


def _archive(verifier: str) -> bytes:
    """Return a tar archive with the verifier, readable by the server's account only, and with that account's name."""
    uid, gid = map(int, server_user().split(":"))
    # PostgreSQL refuses to run as a user without a name.
    accounts = f"root:x:0:0::/root:/bin/sh\npostgres:x:{uid}:{gid}::/var/lib/postgresql:/usr/sbin/nologin\n"
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content, mode, owner in (
            (VERIFIER.rpartition("/")[0], None, 0o700, (uid, gid)),
            (VERIFIER, verifier, 0o600, (uid, gid)),
            ("etc/passwd", accounts, 0o644, (0, 0)),
        ):
            entry = tarfile.TarInfo(name)
            entry.mode, (entry.uid, entry.gid) = mode, owner
            entry.type = tarfile.DIRTYPE if content is None else tarfile.REGTYPE
            data = (content or "").encode()
            entry.size = len(data)
            tar.addfile(entry, BytesIO(data))
    return archive.getvalue()
