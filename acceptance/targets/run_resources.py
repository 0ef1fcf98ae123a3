"""What a run makes on the container engine bears its labels, and is removed whatever happens.

A run that was killed could remove nothing; the next run of the same user does, once that
process is known to have ended. What belongs to another user, to another machine, or to a
container, whose processes cannot be seen from here, is left alone, and a message says how
to remove it by hand.
"""

import os
import re
import shutil
import socket
import stat
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import DockerException, NotFound

from acceptance.project import project
from acceptance.targets.pid import has_ended, lives, this_process

HOST, USER, PROCESS, FOLDER = "host", "user", "process", "folder"
# In the folder of a run for as long as a service lends it a database: only that service can take it back.
LEASE = "lease"
# How each kind is listed, removed, and removed by hand; containers come before the volumes that they use.
KINDS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "container": ({"all": True, "ignore_removed": True}, {"force": True, "v": True}, "docker rm --force --volumes"),
    "volume": ({}, {"force": True}, "docker volume rm"),
}
Resource = tuple[str, Any, dict[str, str]]


def label(name: str = "") -> str:
    """Return the label that holds the number of a run; or another one beside it."""
    return f"{project().name}.{name}" if name else project().name


class RunResources:
    """The containers and volumes of one run, and its folder on this machine."""

    def __init__(self, engine: DockerClient) -> None:
        """Begin with a folder that names this process, and nothing on the engine."""
        self._engine = engine
        self.run = uuid.uuid4().hex[:12]
        # What containers, volumes and networks of this run are called.
        self.name = f"{project().name}-{self.run}"
        self.folder = Path(tempfile.gettempdir(), self.name)
        self.folder.mkdir(mode=0o700)
        (self.folder / PROCESS).write_text(this_process())
        self.labels = {
            label(): self.run,
            label(HOST): socket.gethostname(),
            label(USER): str(os.geteuid()),
            label(PROCESS): this_process(),
            label(FOLDER): str(self.folder),
        }

    def remove(self) -> None:
        """Remove all that bears this run's label, and report what stays; safe to call twice."""
        try:
            for problem in _remove_labelled(self._engine, self.run):
                print(f"{problem}. The next run removes it.", file=sys.__stderr__)
        except (DockerException, OSError) as error:
            problem = f"What bears the label {label()}={self.run} stays: the engine no longer answers: {error}"
            print(f"{problem}. The next run removes it.", file=sys.__stderr__)
        self._engine.close()
        _remove_folder(self.folder)

    def remove_orphans(self) -> None:
        """Remove the resources of this user's runs that are known to have ended; report what others may have left."""
        found = _resources(self._engine)
        for run in {labels[label()] for _, _, labels in found if _is_orphan(labels)}:
            for problem in _remove_labelled(self._engine, run):
                print(f"{problem}. It is of a run that was killed.", file=sys.__stderr__)
        self._report_others(found)
        for folder in folders_of_ended_runs():
            _remove_folder(folder)

    def _report_others(self, found: list[Resource]) -> None:
        """Say how to remove what others may have left: while one of their containers runs, their run goes on."""
        others = [each for each in found if not (_is_orphan(each[2]) or lives(each[2].get(label(PROCESS), "")))]
        active = {labels[label()] for kind, it, labels in others if kind == "container" and it.status == "running"}
        for run in sorted({labels[label()] for _, _, labels in others} - active):
            by_hand = [f"{KINDS[kind][2]} {it.name}" for kind, it, labels in others if labels[label()] == run]
            print(
                f"What bears the label {label()}={run} is left alone: whether that run, of another user, machine or "
                f"container, has ended cannot be told from here. If it has, by hand: {'; '.join(by_hand)}",
                file=sys.__stderr__,
            )


def folders_of_ended_runs() -> list[Path]:
    """Return the folders of this user's runs on this machine that are known to have ended."""
    name = re.compile(rf"{re.escape(project().name)}-[0-9a-f]{{12}}")
    return [path for path in Path(tempfile.gettempdir()).iterdir() if name.fullmatch(path.name) and _has_ended(path)]


def _remove_folder(folder: Path) -> None:
    if not (folder / LEASE).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _has_ended(folder: Path) -> bool:
    """Tell whether a folder says that it is of a process of this user that has ended; a link is nobody's."""
    try:
        status = folder.lstat()
        own = stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid()
        return own and has_ended((folder / PROCESS).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return False


def _is_orphan(labels: dict[str, str]) -> bool:
    """Tell whether the run that set these labels was this user's, on this machine, and is known to have ended."""
    own = (labels.get(label(HOST)), labels.get(label(USER))) == (socket.gethostname(), str(os.geteuid()))
    return own and has_ended(labels.get(label(PROCESS), ""))


def _resources(engine: DockerClient) -> list[Resource]:
    """Return the resources of all runs on the engine: of what kind each is, the object itself, and its labels."""
    return [
        (kind, it, it.attrs.get("Labels") or it.attrs.get("Config", {}).get("Labels") or {})
        for kind in KINDS
        for it in _listed(engine, kind, label())
    ]


def _listed(engine: DockerClient, kind: str, filtered_by: str) -> Iterator[Any]:
    collection: Any = {"container": engine.containers, "volume": engine.volumes}[kind]
    yield from collection.list(filters={"label": filtered_by}, **KINDS[kind][0])


def _remove_labelled(engine: DockerClient, run: str) -> list[str]:
    """Remove what bears this run's label; return a sentence for each resource that could not be removed."""
    problems = []
    for kind in KINDS:
        for it in _listed(engine, kind, f"{label()}={run}"):
            try:
                _remove(it, KINDS[kind][1])
            except (DockerException, OSError) as error:
                by_hand = f"{KINDS[kind][2]} {it.name}"
                problems.append(f"The {kind} {it.name} could not be removed ({error}); by hand: {by_hand}")
    return problems


def _remove(resource: Any, options: dict[str, Any]) -> None:
    # Another run may be removing the same resources.
    with suppress(NotFound):
        try:
            resource.remove(**options)
        except DockerException as error:
            if "already in progress" not in str(error):
                raise
