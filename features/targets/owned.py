"""What a run makes on the container engine is its own: labelled, and removed whatever comes.

A run that was killed could remove nothing. Its lock file, which ended with it, and its
process, which is no more, tell the next run so.
"""

import fcntl
import shutil
import socket
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import DockerException, NotFound

from features.targets.process import lives, this_process

LABEL = "superlists"
HOST, LOCK, PROCESS = f"{LABEL}.host", f"{LABEL}.lock", f"{LABEL}.process"
BY_HAND = {
    "container": "docker rm --force --volumes",
    "volume": "docker volume rm --force",
    "network": "docker network rm",
}


class Owned:
    """The containers, volumes and networks of one run."""

    def __init__(self, engine: DockerClient) -> None:
        """Begin with nothing; the lock file lasts as long as this process, at most."""
        self._engine = engine
        self.run = uuid.uuid4().hex[:12]
        self.lock = Path(tempfile.gettempdir(), f"superlists-{self.run}.lock")
        new = self.lock.with_suffix(".new")
        self._held = new.open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        # It has its lock from the moment it can be found by its name.
        new.rename(self.lock)
        self.labels = {LABEL: self.run, HOST: socket.gethostname(), LOCK: str(self.lock), PROCESS: this_process()}

    @property
    def name(self) -> str:
        """What containers, volumes and networks of this run are called."""
        return f"superlists-{self.run}"

    @property
    def folder(self) -> Path:
        """Where on this machine this run keeps what its containers work on; removed after them."""
        return _folder_of(self.lock)

    def remove(self) -> None:
        """Remove all that bears this run's label, and tell what stays; safe to call twice."""
        try:
            left = _remove_labelled(self._engine, self.run)
        except (DockerException, OSError) as error:
            left = [f"What bears the label {LABEL}={self.run} stays: the engine no longer answers: {error}"]
        for sentence in left:
            print(f"{sentence}. The next run removes it.", file=sys.__stderr__)
        self._engine.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self._held.close()
        self.lock.unlink(missing_ok=True)

    def remove_what_dead_runs_left(self) -> None:
        """Remove what runs of this machine left that are no more."""
        found = _labels(self._engine)
        for run, of_run in {(labels[LABEL], labels[LOCK]) for labels in found if _is_dead(labels)}:
            for sentence in _remove_labelled(self._engine, run):
                print(f"{sentence}. It is of a run that was killed.", file=sys.__stderr__)
            shutil.rmtree(_folder_of(Path(of_run)), ignore_errors=True)
        named = {labels.get(LOCK) for labels in found}
        for lock in Path(tempfile.gettempdir()).glob("superlists-*.lock"):
            if str(lock) not in named and is_free(lock):
                shutil.rmtree(_folder_of(lock), ignore_errors=True)
                lock.unlink(missing_ok=True)


Listing = Callable[..., Iterable[Any]]


def _kinds(engine: DockerClient) -> list[tuple[str, Listing, dict[str, Any]]]:
    """Return what each kind is called, listed and removed by; users come before what they use."""
    containers = engine.containers
    return [
        (
            "container",
            lambda **only: containers.list(all=True, ignore_removed=True, **only),
            {"force": True, "v": True},
        ),
        ("volume", engine.volumes.list, {"force": True}),
        ("network", engine.networks.list, {}),
    ]


def _remove_labelled(engine: DockerClient, run: str) -> list[str]:
    """Remove what bears this run's label; return a sentence for each thing that could not be."""
    left = []
    for kind, listed, how in _kinds(engine):
        for thing in listed(filters={"label": f"{LABEL}={run}"}):
            try:
                _remove(thing, how)
            except (DockerException, OSError) as error:
                by_hand = f"{BY_HAND[kind]} {thing.name}"
                left.append(f"The {kind} {thing.name} could not be removed ({error}); by hand: {by_hand}")
    return left


def _remove(thing: Any, how: dict[str, Any]) -> None:
    # Another run may be removing the same dead run's things.
    with suppress(NotFound):
        try:
            thing.remove(**how)
        except DockerException as error:
            if "already in progress" not in str(error):
                raise


def _labels(engine: DockerClient) -> list[dict[str, str]]:
    found = [thing.attrs for _, listed, _ in _kinds(engine) for thing in listed(filters={"label": LABEL})]
    return [attrs.get("Labels") or attrs.get("Config", {}).get("Labels") or {} for attrs in found]


def _is_dead(labels: dict[str, str]) -> bool:
    """Tell whether the run that set these labels was one of this machine, and has ended."""
    if labels.get(HOST) != socket.gethostname() or LOCK not in labels:
        return False
    # Its lock may lie in a folder for temporary files that is not ours.
    if lives(labels.get(PROCESS, "")):
        return False
    lock = Path(labels[LOCK])
    dead = not lock.exists() or is_free(lock)
    if dead:
        with suppress(OSError):
            lock.unlink(missing_ok=True)
    return dead


def _folder_of(lock: Path) -> Path:
    return lock.with_suffix(".data")


def is_free(lock: Path) -> bool:
    """Tell whether no run holds this file; one that is another user's is not ours to judge."""
    with suppress(OSError), lock.open("r+") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
