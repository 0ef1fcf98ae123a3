"""From a request to a server that takes connections; and what to do when that was cut short."""

from contextlib import suppress

from .containers import Containers, Found, PortTakenError
from .database_request import Wanted
from .errors import RefusedError
from .ports import pick
from .readiness import Login, answers, login
from .scram import scram
from .settings import Settings
from .storage import Place, Storage
from .waiting import eventually

READY_WITHIN_S = 60.0
LOGIN_WITHIN_S = 5.0
# A port that was free when it was picked may be somebody else's a moment later.
TRIES = 5


class Bringing:
    """Brings servers up; whoever asks for it holds the lock of their storage directory."""

    def __init__(self, containers: Containers, storage: Storage, settings: Settings) -> None:
        """Do nothing yet."""
        self._containers = containers
        self._storage = storage
        self._settings = settings

    def made(self, place: Place, wanted: Wanted) -> Found:
        """Return the server of a storage directory, which takes connections with the password; raises RefusedError."""
        found = self._cleared(place)
        if found is None:
            return self._new(place, wanted)
        if wanted.port not in (None, found.port):
            raise RefusedError(409, f"storage_dir: {place.name} is served at port {found.port} already")
        if not found.runs:
            self.up(found)
        try:
            self._log_in(found, wanted)
        except RefusedError:
            if not found.runs:
                # It was not for this request to start it.
                self._containers.stop(found)
            raise
        return found

    def up(self, found: Found) -> None:
        """Start a server, and wait for it to take connections; raises RefusedError."""
        try:
            self._containers.start(found)
        except PortTakenError as error:
            raise RefusedError(409, f"port: {found.port} is taken by somebody else; try again later") from error
        self._wait(found)

    def recover(self) -> None:
        """Finish or undo whatever was begun; what somebody is at work on is theirs."""
        self._storage.empty_trash()
        orphans = [self._storage.place(found.owner, found.storage) for found in self._containers.all()]
        for place in {*orphans, *self._storage.places()}:
            with suppress(RefusedError), self._storage.locked(place.owner, place.name, within_s=0):
                if self._cleared(place) is None and not place.has_data:
                    self._storage.drop(place)

    def _cleared(self, place: Place) -> Found | None:
        """Return the whole server of a place; remove it if it is a half-made one, or was being dropped."""
        found = self._containers.of(place)
        dropped = place.is_dropped
        # One that ended before it had made its cluster would never do so: the password is known to nobody.
        half_made = found and (found.was_never_started or not (found.runs or place.has_data))
        if found and (dropped or half_made):
            self._containers.remove(found)
            found = None
        if dropped:
            self._storage.drop(place)
        return found

    def _new(self, place: Place, wanted: Wanted) -> Found:
        for left in reversed(range(TRIES)):
            try:
                return self._begun(place, wanted)
            except PortTakenError as error:
                if wanted.port is not None:
                    raise RefusedError(409, f"port: {wanted.port} is taken; allowed: another, or none") from error
                if not left:
                    raise RefusedError(503, f"No port was to be had in {TRIES} tries") from error
        raise AssertionError("unreachable")

    def _begun(self, place: Place, wanted: Wanted) -> Found:
        """Return a new server; raises PortTakenError or RefusedError, and leaves nothing behind then but old data."""
        had_data = place.has_data
        found = None
        try:
            found = self._created(place, wanted)
            self._containers.start(found)
            self._wait(found)
            self._log_in(found, wanted)
        except BaseException:
            # Whatever it was, an interruption included. Where the engine is gone, recover() does it later.
            if left := found or self._containers.of(place):
                self._containers.remove(left)
            if not had_data:
                self._storage.drop(place)
            raise
        return found

    def _created(self, place: Place, wanted: Wanted) -> Found:
        with self._storage.counted():
            others = self._containers.all()
            if len(others) >= self._settings.limit:
                raise RefusedError(409, f"There are {len(others)} databases, and no more are allowed; delete one first")
            taken = {other.port for other in others}
            port = wanted.port or pick(self._settings.ports, taken, self._settings.listen)
            if port in taken:
                raise PortTakenError
            self._storage.make(place)
            return self._containers.create(place, port, scram(wanted.admin_password))

    def _wait(self, found: Found) -> None:
        address = self._settings.looked_at

        def ready() -> bool:
            if answers(address, found.port):
                return True
            if ended := self._containers.how_it_ended(found):
                raise ended
            return False

        if not eventually(ready, within_s=READY_WITHIN_S):
            raise RefusedError(503, f"The server did not take connections within {READY_WITHIN_S:g} s")

    def _log_in(self, found: Found, wanted: Wanted) -> None:
        came: list[Login] = []

        def tried() -> bool:
            came.append(login(self._settings.looked_at, found.port, wanted.admin_password))
            return came[-1] is not Login.NOT_NOW

        eventually(tried, within_s=LOGIN_WITHIN_S)
        if came[-1] is Login.REFUSED:
            raise RefusedError(409, f"storage_dir: {found.storage} exists, and has another admin_password")
        if came[-1] is Login.NOT_NOW:
            raise RefusedError(503, "The server takes no login; too many connections, perhaps")
