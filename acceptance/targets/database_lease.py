"""A database from the service that lends them: taken for one run, and given back, if need be by the next run."""

import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from acceptance.targets.base import TargetError
from acceptance.targets.run_resources import Owned, is_free
from databases.client import Client, UnreachableError
from databases.errors import RefusedError

PREFIX = "run-"
# What a run calls its own; somebody with the same token may call theirs run-whatever.
OF_A_RUN = re.compile(rf"{PREFIX}[0-9a-f]{{12}}")
NOTE, LOCK = ".borrowed", ".lock"
# No run lasts so long. Where it was killed together with its machine, nothing else tells that it is no more.
LONGEST_RUN_S = 24 * 60 * 60
ERRORS = (RefusedError, UnreachableError)


class Borrowed:
    """One run's database. A note beside the run's lock file says where it is from, for as long as it is borrowed."""

    def __init__(self, url: str, token: str) -> None:
        """Ask for nothing yet."""
        self._client = Client(url, token)
        self._url = url
        self._note: Path | None = None
        self._asked: tuple[str, str] | None = None

    def take(self, owned: Owned, password: str) -> dict[str, Any]:
        """Return what the service says of the run's own database; raises TargetError."""
        name = f"{PREFIX}{owned.run}"
        self._note = owned.lock.with_suffix(NOTE)
        self._note.write_text(self._url)
        self._asked = (name, password)
        try:
            return self._client.make(name, password)
        except ERRORS as error:
            raise TargetError(f"The service of databases gave none: {error}") from error

    def give_back(self) -> None:
        """Have it removed, with its data; tell if that is not to be done. Safe to call twice."""
        if self._asked is None or self._note is None:
            return
        try:
            # Amid the first request nobody knew yet what it is called there; the same one again waits for it.
            self._drop(self._client.make(*self._asked)["id"])
        except ERRORS as error:
            print(f"The database {self._asked[0]} stays: {error}. The next run removes it.", file=sys.__stderr__)
        else:
            self._note.unlink(missing_ok=True)
        self._asked = None

    def give_back_what_dead_runs_left(self) -> None:
        """Have removed what runs of this machine borrowed that are no more, and what is too old to be used."""
        notes = {f"{PREFIX}{_run_of(note)}": note for note in _notes() if self._is_of_the_dead(note)}
        try:
            for found in self._client.all():
                name = found["storage_dir"]
                old = OF_A_RUN.fullmatch(name) and found["age"] > LONGEST_RUN_S
                if name in notes or old:
                    self._drop(found["id"])
        except ERRORS as error:
            raise TargetError(f"The service of databases gave none: {error}") from error
        for note in notes.values():
            note.unlink(missing_ok=True)

    def _drop(self, identity: str) -> None:
        try:
            self._client.delete(identity, data="drop")
        except RefusedError as error:
            # Another run may have been about it as well.
            if error.status != 404:  # noqa: PLR2004 - HTTP's own
                raise

    def _is_of_the_dead(self, note: Path) -> bool:
        lock = note.with_suffix(LOCK)
        try:
            found = note.lstat()
            mine = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and note.read_text() == self._url
        except OSError:
            return False
        return mine and (not lock.exists() or is_free(lock))


def _notes() -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).glob(f"superlists-*{NOTE}"))


def _run_of(note: Path) -> str:
    return note.stem.rpartition("-")[2]
