"""What a run makes on the container engine is its own: labelled, and removed whatever comes.

A run that was killed could remove nothing; the next run of this user here does, once it is
known that the process has ended. What is of another user, another machine, or a container,
whose processes cannot be seen from here, is left alone, and it is told how to remove it.
"""

import fcntl
import os
import re
import shutil
import socket
import stat
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import DockerException, NotFound

from acceptance.targets.pid import has_ended, lives, this_process

LABEL = "superlists"
HOST, USER, LOCK, PROCESS = (f"{LABEL}.{name}" for name in ("host", "user", "lock", "process"))
LOCK_NAME = re.compile(r"superlists-[0-9a-f]{12}\.lock")
# Stands in the lock file: one of this name is another program's without it.
MARK = "An acceptance run of Superlists holds this file.\n"
BY_HAND = {
    "container": "docker rm --force --volumes",
    "volume": "docker volume rm",
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
        self._held.write(MARK)
        self._held.flush()
        # It has its lock from the moment it can be found by its name.
        new.rename(self.lock)
        self.labels = {LABEL: self.run, LOCK: str(self.lock), PROCESS: this_process()}
        self.labels |= {HOST: socket.gethostname(), USER: str(os.geteuid())}

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
        """Remove what this user's runs left here that are known to have ended; tell of what may be left by others."""
        found = _found(self._engine)
        dead = {(labels[LABEL], labels.get(LOCK, "")) for _, _, labels in found if _is_dead(labels)}
        for run, lock in dead:
            for sentence in _remove_labelled(self._engine, run):
                print(f"{sentence}. It is of a run that was killed.", file=sys.__stderr__)
            _forget(Path(lock))
        self._tell_of_others([each for each in found if not _is_dead(each[2]) and not lives(each[2].get(PROCESS, ""))])
        named = {labels.get(LOCK) for _, _, labels in found}
        for lock_file in Path(tempfile.gettempdir()).glob("superlists-*.lock"):
            if str(lock_file) not in named:
                _forget(lock_file)

    def _tell_of_others(self, found: list[tuple[str, Any, dict[str, str]]]) -> None:
        """Say how to remove what may be left of others' runs: of one that goes on, something is running."""
        going_on = {labels[LABEL] for kind, thing, labels in found if kind == "container" and thing.status == "running"}
        others = {labels[LABEL] for _, _, labels in found} - going_on - {self.run}
        for run in sorted(others):
            by_hand = [f"{BY_HAND[kind]} {thing.name}" for kind, thing, labels in found if labels[LABEL] == run]
            print(
                f"What bears the label {LABEL}={run} is left alone: whether that run, of another user, machine or "
                f"container, has ended cannot be told from here. If it has, by hand: {'; '.join(by_hand)}",
                file=sys.__stderr__,
            )


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


def _found(engine: DockerClient) -> list[tuple[str, Any, dict[str, str]]]:
    """Return what runs have on the engine: what kind it is, the thing itself, and its labels."""
    things = [(kind, thing) for kind, listed, _ in _kinds(engine) for thing in listed(filters={"label": LABEL})]
    return [
        (kind, thing, thing.attrs.get("Labels") or thing.attrs.get("Config", {}).get("Labels") or {})
        for kind, thing in things
    ]


def _is_dead(labels: dict[str, str]) -> bool:
    """Tell whether the run that set these labels was this user's, on this machine, and is known to have ended."""
    if (labels.get(HOST), labels.get(USER)) != (socket.gethostname(), str(os.geteuid())):
        return False
    if labels.get(PROCESS):
        return has_ended(labels[PROCESS])
    # Where nothing tells processes apart, the lock does.
    lock = Path(labels.get(LOCK, ""))
    return _is_ours(lock) and is_free(lock)


def _folder_of(lock: Path) -> Path:
    return lock.with_suffix(".data")


def _forget(lock: Path) -> None:
    """Remove a lock file that no run holds, and the folder of its run; what is not marked as a run's own stays."""
    if not (_is_ours(lock) and is_free(lock)):
        return
    folder = _folder_of(lock)
    with suppress(OSError):
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)
    lock.unlink(missing_ok=True)


def _is_ours(lock: Path) -> bool:
    """Tell whether a run of this user made the lock file; a link is nobody's."""
    try:
        found = lock.lstat()
        mine = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and LOCK_NAME.fullmatch(lock.name)
        return bool(mine) and lock.read_text(encoding="utf-8", errors="replace") == MARK
    except OSError:
        return False


def is_free(lock: Path) -> bool:
    """Tell whether no run holds this file; one that is another user's is not ours to judge."""
    with suppress(OSError), lock.open("r+") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
