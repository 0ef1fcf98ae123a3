"""What can be asked for: databases made, looked at, stopped, started and deleted, each by its owner only."""

from typing import Any

from docker import DockerClient

from .containers import OWNER, Containers, Found
from .database_request import Wanted
from .errors import RefusedError
from .provisioner import Bringing
from .readiness import answers
from .settings import Settings
from .storage import Storage

ID_LENGTH = 12


class Databases:
    """The databases of one root folder. All state is what the engine's labels and the directories say."""

    def __init__(self, engine: DockerClient, settings: Settings) -> None:
        """Make the root folder if there is none; raises SettingsError."""
        self.settings = settings
        self._storage = Storage(settings.root)
        self._containers = Containers(engine, settings, self._storage.service)
        self._bringing = Bringing(self._containers, self._storage, settings)

    def make(self, owner: str, wanted: Wanted) -> dict[str, Any]:
        """Return where the database of this storage directory is; it can be connected to. Raises RefusedError."""
        with self._storage.locked(owner, wanted.storage_dir):
            place = self._storage.place(owner, wanted.storage_dir)
            return self._reached(self._bringing.made(place, wanted))

    def all(self, owner: str) -> list[dict[str, Any]]:
        """Return what there is of this owner's."""
        return [self._told(found) for found in self._containers.all(**{OWNER: owner})]

    def one(self, owner: str, identity: str) -> dict[str, Any]:
        """Return one database: where it is, its state and health, size in bytes, age in s; raises RefusedError."""
        return self._told(self._found(owner, identity))

    def stop(self, owner: str, identity: str) -> dict[str, Any]:
        """Stop a server; its data stays."""
        with self._storage.locked(owner, self._found(owner, identity).storage):
            self._containers.stop(self._found(owner, identity))
            return self.one(owner, identity)

    def start(self, owner: str, identity: str) -> dict[str, Any]:
        """Start a server that was stopped, or ended; return once it can be connected to."""
        with self._storage.locked(owner, self._found(owner, identity).storage):
            found = self._found(owner, identity)
            self._bringing.up(found)
            return self._reached(self._found(owner, identity))

    def delete(self, owner: str, identity: str, *, keep: bool) -> None:
        """Remove a server, and its data unless that is kept for another one of the same name."""
        with self._storage.locked(owner, self._found(owner, identity).storage):
            found = self._found(owner, identity)
            place = self._storage.place(owner, found.storage)
            if keep:
                self._containers.stop(found)
            else:
                self._storage.mark_dropped(place)
            self._containers.remove(found)
            if not keep:
                self._storage.drop(place)

    def recover(self) -> None:
        """Finish what a service that was killed had begun, or undo it."""
        self._bringing.recover()

    def _found(self, owner: str, identity: str) -> Found:
        for found in self._containers.all(**{OWNER: owner}):
            if found.id[:ID_LENGTH] == identity:
                return found
        # Whether it is somebody else's is nobody's business.
        raise RefusedError(404, f"There is no database {identity[:40]!r} of yours")

    def _reached(self, found: Found) -> dict[str, Any]:
        return {
            "id": found.id[:ID_LENGTH],
            "host": self.settings.told_host,
            "port": found.port,
            "storage_dir": found.storage,
        }

    def _told(self, found: Found) -> dict[str, Any]:
        size = self._storage.place(found.owner, found.storage).size()
        state = {"state": found.state, "health": self._health(found), "size": size, "age": found.age_s()}
        return self._reached(found) | state

    def _health(self, found: Found) -> str:
        if not found.runs:
            return "down"
        return "ok" if answers(self.settings.looked_at, found.port) else "no answer"
