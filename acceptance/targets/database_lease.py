"""A database for one run: given back by that run or, where it was killed, by the next one."""

import re
from typing import Any, Protocol

from acceptance.scratch_dir import RUN, orphans
from acceptance.targets.run_resources import LEASE, RunResources

# Somebody with the same token may call a database run-whatever.
NAME_OF_A_RUN = re.compile(r"run-[0-9a-f]{12}")
# No run lasts so long. Where it was killed together with its machine, nothing else tells that it has ended.
LONGEST_RUN_S = 24 * 60 * 60


class DatabaseService(Protocol):
    """A service that lends databases."""

    def make(self, storage_dir: str, admin_password: str) -> dict[str, Any]:
        """Return id, host and port of the database of this name; made if need be, and taking connections."""

    def all(self) -> list[dict[str, Any]]:
        """Return what there is: id, storage_dir and age in seconds."""

    def delete(self, identity: str, data: str) -> dict[str, Any]:
        """Remove a database, which may be gone already; its data as well with `drop`."""


class DatabaseLease:
    """One run's database. The folder of the run names the service for as long as the lease lasts.

    Every method raises what the service raises.
    """

    def __init__(self, service: DatabaseService, url: str, resources: RunResources) -> None:
        """Ask for nothing yet; `url` tells this service from others."""
        self._service, self._url = service, url
        self._note = resources.folder / LEASE
        self._request = (f"run-{resources.run}", "")

    def take(self, password: str) -> tuple[str, int]:
        """Return host and port of the database, once it takes connections."""
        self._note.write_text(self._url)
        self._request = (self._request[0], password)
        made = self._service.make(*self._request)
        return str(made["host"]), int(made["port"])

    def give_back(self) -> None:
        """Have the database removed, with its data; safe to call twice."""
        if self._note.exists():
            # A first request that was interrupted told nobody the id; the same one again waits for it.
            self._service.delete(self._service.make(*self._request)["id"], data="drop")
            self._note.unlink()

    def give_back_orphans(self) -> None:
        """Have removed what this machine's ended runs had from this service, and what is too old to be in use."""
        notes = {f"run-{folder.name.rpartition('-')[2]}": folder / LEASE for folder in orphans(RUN)}
        ours = {name: note for name, note in notes.items() if note.is_file() and note.read_text() == self._url}
        for database in self._service.all():
            name = database["storage_dir"]
            if name in ours or (NAME_OF_A_RUN.fullmatch(name) and database["age"] > LONGEST_RUN_S):
                self._service.delete(database["id"], data="drop")
        for note in ours.values():
            note.unlink(missing_ok=True)
