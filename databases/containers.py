"""The containers of one service, as the engine knows them: their labels say what they are."""

import tarfile
import time
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docker import DockerClient
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import LogConfig, Mount

from .errors import FullError, RefusedError
from .settings import Settings
from .storage import Place, user

# Which service a container is of, whose, and what it holds.
ROOT, SERVICE, OWNER, STORAGE, PORT = (f"databases.{name}" for name in ("root", "service", "owner", "storage", "port"))
INSIDE = "5432/tcp"
VERIFIER = "run/databases/verifier"
ACCOUNTS = "etc/passwd"
MAX_PROCESSES = 256
STOPPED_WITHIN_S = 30
LOG_LINES = 15
NO_ROOM = "No space left on device"
TAKEN = ("port is already allocated", "address already in use")


class PortTakenError(Exception):
    """Somebody else listens at the port."""


@dataclass(frozen=True)
class Found:
    """A container there is."""

    id: str
    owner: str
    storage: str
    port: int
    state: str
    created: int

    @property
    def was_never_started(self) -> bool:
        """Whether somebody who made it did not get any further."""
        return self.state == "created"

    @property
    def runs(self) -> bool:
        """Whether its server can be asked anything."""
        return self.state == "running"

    def age_s(self) -> int:
        """Return how long ago it was made."""
        return max(0, int(time.time()) - self.created)


class Containers:
    """What a service does with its engine. Everything raises DockerException where that does not answer."""

    def __init__(self, engine: DockerClient, settings: Settings, service: str) -> None:
        """Look only at containers of this service: in a container, others have a root folder of the same name."""
        self._engine = engine
        self._service = service
        self._settings = settings
        self._root = str(settings.root)

    def all(self, **labels: str) -> list[Found]:
        """Return the containers with these labels, in one question to the engine; the oldest first."""
        wanted = {ROOT: self._root, **labels}
        filters = {"label": [f"{name}={value}" for name, value in wanted.items()]}
        listed = self._engine.api.containers(all=True, filters=filters)
        # Those of before had no such label, and only the root folder to be known by.
        ours = [one for one in listed if one["Labels"].get(SERVICE, self._service) == self._service]
        return sorted(map(_found, ours), key=lambda found: (found.created, found.id))

    def of(self, place: Place) -> Found | None:
        """Return the container of a storage directory."""
        return next(iter(self.all(**{OWNER: place.owner, STORAGE: place.name})), None)

    def create(self, place: Place, port: int, verifier: str) -> Found:
        """Make a container, not started yet, to which the verifier is handed as a file; raises RefusedError."""
        settings = self._settings
        labels = {
            **settings.labels,
            ROOT: self._root,
            SERVICE: self._service,
            OWNER: place.owner,
            STORAGE: place.name,
            PORT: str(port),
        }
        try:
            made = self._engine.containers.create(
                settings.image,
                [] if settings.durable else ["-c", "fsync=off"],
                labels=labels,
                user=user(),
                mounts=[Mount("/storage", str(place.volume), type="bind")],
                ports={INSIDE: (settings.listen, port)},
                mem_limit=f"{settings.memory_mb}m",
                memswap_limit=f"{settings.memory_mb}m",
                pids_limit=MAX_PROCESSES,
                # A superuser of PostgreSQL can run programs, but has no powers beyond those of this user.
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                log_config=LogConfig(type="json-file", config={"max-size": "10m", "max-file": "2"}),
            )
        except ImageNotFound as error:
            raise RefusedError(
                503, f"The image {settings.image} is missing; `python -m databases image` makes it"
            ) from error
        made.put_archive("/", _packed(verifier))
        return Found(str(made.id), place.owner, place.name, port, "created", int(time.time()))

    def start(self, found: Found) -> None:
        """Start a container, or let one go on that somebody paused; raises PortTakenError."""
        self._unpause(found)
        try:
            self._engine.api.start(found.id)
        except APIError as error:
            if any(words in str(error) for words in TAKEN):
                raise PortTakenError from error
            raise

    def stop(self, found: Found) -> None:
        """Stop a server in good order; safe to call twice."""
        self._unpause(found)
        self._engine.api.stop(found.id, timeout=STOPPED_WITHIN_S)

    def remove(self, found: Found) -> None:
        """Remove a container, whatever it is doing; safe to call twice. Its directory stays."""
        with suppress(NotFound):
            try:
                self._engine.api.remove_container(found.id, force=True, v=True)
            except APIError as error:
                if "already in progress" not in str(error):
                    raise

    def _unpause(self, found: Found) -> None:
        if found.state == "paused":
            self._engine.api.unpause(found.id)

    def how_it_ended(self, found: Found) -> RefusedError | None:
        """Return why a server did not come up; nothing while it runs."""
        try:
            state = self._engine.api.inspect_container(found.id)["State"]
            if state["Running"]:
                return None
            said = self._engine.api.logs(found.id, tail=LOG_LINES).decode(errors="replace").strip()
        except NotFound:
            return RefusedError(409, "The container was removed meanwhile")
        if NO_ROOM in said:
            return FullError(said)
        memory = ", out of memory" if state.get("OOMKilled") else ""
        return RefusedError(503, f"The server ended with exit code {state['ExitCode']}{memory}. It said: {said}")


def _found(listed: dict[str, Any]) -> Found:
    labels = listed["Labels"]
    return Found(listed["Id"], labels[OWNER], labels[STORAGE], int(labels[PORT]), listed["State"], listed["Created"])


def _packed(verifier: str) -> bytes:
    """Return an archive with the verifier, for the server's user only, and with an account for that user."""
    uid, gid = map(int, user().split(":"))
    # PostgreSQL refuses to work for a user without a name.
    accounts = f"root:x:0:0::/root:/bin/sh\npostgres:x:{uid}:{gid}::/var/lib/postgresql:/usr/sbin/nologin\n"
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as writing:
        folder = tarfile.TarInfo(VERIFIER.rpartition("/")[0])
        folder.type, folder.mode, folder.uid, folder.gid = tarfile.DIRTYPE, 0o700, uid, gid
        writing.addfile(folder)
        _add(writing, VERIFIER, verifier, mode=0o600, owner=(uid, gid))
        _add(writing, ACCOUNTS, accounts, mode=0o644, owner=(0, 0))
    return archive.getvalue()


def _add(writing: tarfile.TarFile, name: str, content: str, *, mode: int, owner: tuple[int, int]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content.encode()), mode
    entry.uid, entry.gid = owner
    writing.addfile(entry, BytesIO(content.encode()))
