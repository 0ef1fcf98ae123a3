"""What a run makes on the container engine is its own: labelled, and removed whatever comes.

A run that was killed could remove nothing. Its lock file, which ended with it, tells
the next run so.
"""

import fcntl
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError, NotFound

LABEL = "superlists"
HOST, LOCK = f"{LABEL}.host", f"{LABEL}.lock"


class Owned:
    """The containers, volumes and networks of one run."""

    def __init__(self, engine: DockerClient) -> None:
        """Begin with nothing; the lock file lasts as long as this process, at most."""
        self._engine = engine
        self.run = uuid.uuid4().hex[:12]
        self._lock = Path(tempfile.gettempdir(), f"superlists-{self.run}.lock")
        self._held = self._lock.open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        self.labels = {LABEL: self.run, HOST: socket.gethostname(), LOCK: str(self._lock)}

    @property
    def name(self) -> str:
        """What containers, volumes and networks of this run are called."""
        return f"superlists-{self.run}"

    def remove(self) -> None:
        """Remove all that bears this run's label; safe to call twice."""
        _remove_labelled(self._engine, self.run)
        self._engine.close()
        self._held.close()
        self._lock.unlink(missing_ok=True)

    def remove_what_dead_runs_left(self) -> None:
        """Remove what runs of this machine left that are no more."""
        for run in {labels[LABEL] for labels in _labels(self._engine) if _is_dead(labels)}:
            _remove_labelled(self._engine, run)


def _kinds(engine: DockerClient) -> list[tuple[Callable[..., Iterable[Any]], dict[str, Any]]]:
    """Return how each kind of thing is listed, and how it is removed; users come before what they use."""
    return [
        (lambda **only: engine.containers.list(all=True, ignore_removed=True, **only), {"force": True, "v": True}),
        (engine.volumes.list, {"force": True}),
        (engine.networks.list, {}),
    ]


def _remove_labelled(engine: DockerClient, run: str) -> None:
    for listed, how in _kinds(engine):
        for thing in listed(filters={"label": f"{LABEL}={run}"}):
            # Another run may be removing the same dead run's things.
            with suppress(NotFound, APIError):
                thing.remove(**how)


def _labels(engine: DockerClient) -> list[dict[str, str]]:
    found = [thing.attrs for listed, _ in _kinds(engine) for thing in listed(filters={"label": LABEL})]
    return [attrs.get("Labels") or attrs.get("Config", {}).get("Labels") or {} for attrs in found]


def _is_dead(labels: dict[str, str]) -> bool:
    """Tell whether the run that set these labels was one of this machine, and has ended."""
    if labels.get(HOST) != socket.gethostname() or LOCK not in labels:
        return False
    try:
        with Path(labels[LOCK]).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        # Held, or another user's: not ours to judge.
        return False
    Path(labels[LOCK]).unlink(missing_ok=True)
    return True
