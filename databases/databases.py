"""What can be done with databases: made, looked at, stopped, started and deleted, each by its owner only."""

import time
from contextlib import AbstractContextManager, suppress
from typing import Any

from docker import DockerClient

from . import RefusedError
from .containers import OWNER, Containers, PortTakenError, ServerContainer
from .data_directories import LOCK_WAIT_S, Storage, StorageDir
from .postgres_access import Login, accepts_connections, eventually, log_in, scram_verifier
from .settings import Settings

ID_LENGTH = 12
READY_WITHIN_S = 60.0
LOGIN_WITHIN_S = 5.0
# A port that was free when it was picked may be somebody else's a moment later.
TRIES = 5


class Databases:
    """The databases of one root folder. All state is what the engine's labels and the directories say."""

    def __init__(self, engine: DockerClient, settings: Settings) -> None:
        """Make the root folder if there is none; raises SettingsError."""
        self.settings = settings
        self._storage = Storage(settings.root)
        self._containers = Containers(engine, settings, self._storage.service_id)

    def make(self, owner: str, name: str, password: str, port: int | None = None) -> dict[str, Any]:
        """Return where the database of this storage directory is; it accepts connections. Raises RefusedError.

        Asking again gives the same server, started if it was not running.
        """
        with self._locked(owner, name):
            directory = self._storage.directory(owner, name)
            container = self._repaired(directory)
            if container is None:
                return self._address(self._new(directory, password, port))
            if port not in (None, container.port):
                raise RefusedError(409, f"storage_dir: {name} is served at port {container.port} already")
            if not container.runs:
                self._start(container)
            try:
                self._check_login(container, password)
            except RefusedError:
                if not container.runs:
                    # It was not for this request to start it.
                    self._containers.stop(container)
                raise
            return self._address(container)

    def all(self, owner: str) -> list[dict[str, Any]]:
        """Return this owner's databases."""
        return [self._described(container) for container in self._containers.all(**{OWNER: owner})]

    def one(self, owner: str, identity: str) -> dict[str, Any]:
        """Return one database: where it is, its state and health, size in bytes, age in s; raises RefusedError."""
        return self._described(self._find(owner, identity))

    def stop(self, owner: str, identity: str) -> dict[str, Any]:
        """Stop a server; its data stays."""
        with self._locked(owner, self._find(owner, identity).storage):
            self._containers.stop(self._find(owner, identity))
            return self.one(owner, identity)

    def start(self, owner: str, identity: str) -> dict[str, Any]:
        """Start a server that was stopped, or ended; return once it accepts connections."""
        with self._locked(owner, self._find(owner, identity).storage):
            self._start(self._find(owner, identity))
            return self._address(self._find(owner, identity))

    def delete(self, owner: str, identity: str, *, keep: bool) -> None:
        """Remove a server, and its data unless that is kept for the next server of the same name."""
        with self._locked(owner, self._find(owner, identity).storage):
            container = self._find(owner, identity)
            directory = self._storage.directory(owner, container.storage)
            if keep:
                self._containers.stop(container)
            else:
                self._storage.mark_dropped(directory)
            self._containers.remove(container)
            if not keep:
                self._storage.drop(directory)

    def recover(self) -> None:
        """Finish or undo what a service that was killed had begun; what another process works on is left alone."""
        self._storage.empty_trash()
        served = [self._storage.directory(each.owner, each.storage) for each in self._containers.all()]
        for directory in {*served, *self._storage.directories()}:
            with suppress(RefusedError), self._locked(directory.owner, directory.name, within_s=0):
                if self._repaired(directory) is None and not directory.has_data():
                    self._storage.drop(directory)

    def _locked(self, owner: str, name: str, within_s: float = LOCK_WAIT_S) -> AbstractContextManager[None]:
        return self._storage.locked(f"{owner}.{name}", within_s)

    def _find(self, owner: str, identity: str) -> ServerContainer:
        for container in self._containers.all(**{OWNER: owner}):
            if container.id[:ID_LENGTH] == identity:
                return container
        # Whether it is somebody else's is not told.
        raise RefusedError(404, f"There is no database {identity[:40]!r} of yours")

    def _repaired(self, directory: StorageDir) -> ServerContainer | None:
        """Return the whole server of a directory; remove a half-made one, and one that was being dropped."""
        container = self._containers.of(directory)
        dropped = directory.is_dropped()
        # One that ended before it had made its cluster would never do so: nobody knows the password.
        half_made = container and (container.state == "created" or not (container.runs or directory.has_data()))
        if container and (dropped or half_made):
            self._containers.remove(container)
            container = None
        if dropped:
            self._storage.drop(directory)
        return container

    def _new(self, directory: StorageDir, password: str, port: int | None) -> ServerContainer:
        """Return a new server, at this port or else at one that is free; raises RefusedError."""
        tried: set[int] = set()
        for _ in range(TRIES):
            try:
                return self._started_anew(directory, password, port, tried)
            except PortTakenError:
                if port is not None:
                    raise
        raise RefusedError(503, f"No free port was found in {TRIES} tries")

    def _started_anew(self, directory: StorageDir, password: str, port: int | None, tried: set[int]) -> ServerContainer:
        """Return a new server; raises RefusedError, and then leaves nothing but older data."""
        had_data = directory.has_data()
        container = None
        try:
            container = self._created(directory, password, port, tried)
            self._start(container)
            self._check_login(container, password)
        except BaseException:
            # Whatever it was, an interruption included. Where the engine is gone, recover() does it later.
            if leftover := container or self._containers.of(directory):
                self._containers.remove(leftover)
            if not had_data:
                self._storage.drop(directory)
            raise
        return container

    def _created(self, directory: StorageDir, password: str, port: int | None, tried: set[int]) -> ServerContainer:
        with self._storage.locked("all"):
            others = self._containers.all()
            if len(others) >= self.settings.limit:
                raise RefusedError(409, f"There are {len(others)} databases, and no more are allowed; delete one first")
            taken = {other.port for other in others}
            if port in taken:
                raise PortTakenError(port)
            chosen = port or self._containers.free_port(taken | tried)
            tried.add(chosen)
            self._storage.make(directory)
            return self._containers.create(directory, chosen, scram_verifier(password))

    def _start(self, container: ServerContainer) -> None:
        def ready() -> bool:
            if accepts_connections(self.settings.local_address, container.port):
                return True
            self._containers.require_running(container)
            return False

        self._containers.start(container)
        if not eventually(ready, within_s=READY_WITHIN_S):
            raise RefusedError(503, f"The server did not accept connections within {READY_WITHIN_S:g} s")

    def _check_login(self, container: ServerContainer, password: str) -> None:
        def answered() -> bool:
            login = log_in(self.settings.local_address, container.port, password)
            if login is Login.REFUSED:
                raise RefusedError(409, f"storage_dir: {container.storage} exists, and has another admin_password")
            return login is Login.ACCEPTED

        if not eventually(answered, within_s=LOGIN_WITHIN_S):
            raise RefusedError(503, "The server accepts no login; too many connections, perhaps")

    def _address(self, container: ServerContainer) -> dict[str, Any]:
        return {
            "id": container.id[:ID_LENGTH],
            "host": self.settings.client_host,
            "port": container.port,
            "storage_dir": container.storage,
        }

    def _described(self, container: ServerContainer) -> dict[str, Any]:
        size = self._storage.directory(container.owner, container.storage).size()
        age = max(0, int(time.time()) - container.created)
        health = "down"
        if container.runs:
            answers = accepts_connections(self.settings.local_address, container.port)
            health = "ok" if answers else "no answer"
        return self._address(container) | {"state": container.state, "health": health, "size": size, "age": age}
