"""What a run makes on the container engine bears its labels, and is removed whatever happens.

A run that was killed could remove nothing; the next run of the same user does, once that
run is known to have ended. Resources of another user, of another machine, or of a run in a
container, whose folder cannot be seen from here, are left alone, and a message says how to
remove them by hand.

By its folder an ended run is known: the folder goes once nothing else of the run is left.
"""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import DockerException, NotFound

from acceptance.project import project
from acceptance.scratch_dir import RUN, ScratchDir, has_ended, orphans

HOST, USER, BOOT, FOLDER = "host", "user", "boot", "folder"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
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
        """Begin with a folder that is locked as long as this process lives, and nothing on the engine."""
        self._engine = engine
        self._scratch = ScratchDir(RUN)
        self.folder = self._scratch.folder
        # The name of each container, volume and network of this run.
        self.name = self.folder.name
        self.run = self.name.rpartition("-")[2]
        self.labels = {label(): self.run, label(FOLDER): str(self.folder), **_this_machine()}

    def remove(self) -> None:
        """Remove all resources with this run's label, and report those that stay; safe to call twice."""
        try:
            stay = [f"{problem}. The next run removes it." for problem in _remove_labelled(self._engine, self.run)]
        except (DockerException, OSError) as error:
            problem = f"Resources with the label {label()}={self.run} stay: the engine no longer answers: {error}"
            stay = [f"{problem}. The next run removes them."]
        for problem in stay:
            print(problem, file=sys.__stderr__)
        self._engine.close()
        if not stay:
            _remove_folder(self.folder)
        self._scratch.unlock()

    def remove_orphans(self) -> None:
        """Remove the resources of this user's runs that are known to have ended; report what others may have left."""
        # Before it is asked what there is: a run that ends meanwhile may leave something.
        folders = orphans(RUN)
        resources = _resources(self._engine)
        for run in {labels[label()] for _, _, labels in resources if _has_ended(labels)}:
            for problem in _remove_labelled(self._engine, run):
                print(f"{problem}. It is of a run that has ended.", file=sys.__stderr__)
        self._report_others([each for each in resources if _has_ended(each[2]) is None])
        in_use = {labels.get(label(FOLDER)) for _, _, labels in _resources(self._engine)}
        for folder in folders:
            if str(folder) not in in_use:
                _remove_folder(folder)

    def _report_others(self, others: list[Resource]) -> None:
        """Say how to remove what others may have left: while one of their containers runs, their run goes on."""
        active = {labels[label()] for kind, it, labels in others if kind == "container" and it.status == "running"}
        for run in sorted({labels[label()] for _, _, labels in others} - active):
            by_hand = [f"{KINDS[kind][2]} {it.name}" for kind, it, labels in others if labels[label()] == run]
            print(
                f"Resources with the label {label()}={run} are left alone: whether that run, of another user, machine "
                f"or container, has ended is unknown here. If it has, by hand: {'; '.join(by_hand)}",
                file=sys.__stderr__,
            )


def _this_machine() -> dict[str, str]:
    """Return the labels of this user's runs since this machine was started; without /proc, nothing tells the start."""
    boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
    return {label(HOST): socket.gethostname(), label(USER): str(os.geteuid()), label(BOOT): boot}


def _remove_folder(folder: Path) -> None:
    if not (folder / LEASE).exists():
        shutil.rmtree(folder, ignore_errors=True)


def _has_ended(labels: dict[str, str]) -> bool | None:
    """Tell whether the run with these labels, of this user on this machine, has ended; None where that is unknown."""
    here = _this_machine()
    restarted = labels.get(label(BOOT), "") not in ("", here.pop(label(BOOT)))
    if any(labels.get(name) != value for name, value in here.items()):
        return None
    return restarted or has_ended(Path(labels.get(label(FOLDER), "")), RUN)


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
