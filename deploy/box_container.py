"""The container of a box: what the engine is told of it, and its ports on this machine."""

import secrets
import socket
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError
from docker.models.containers import Container

from deploy.box_folder import BoxSettings

ADDRESS = "127.0.0.1"
LABEL = "superlists.box"
FOLDER = f"{LABEL}.folder"
SSH, HTTP, HTTPS = "22/tcp", "80/tcp", "443/tcp"
PORTS_TRIED = 5
TAKEN = ("already allocated", "already in use")


def started(engine: DockerClient, tag: str, settings: BoxSettings, labels: dict[str, str], keys: bytes) -> Container:
    """Return a container with these keys, started on ports that were free; raises docker's errors."""
    tries = PORTS_TRIED
    while True:
        container = engine.containers.create(tag, **creation(settings, free_ports(), labels))
        container.put_archive("/", keys)
        tries -= 1
        try:
            container.start()
        except APIError as error:
            # Somebody took a port in between.
            if not tries or not any(words in str(error) for words in TAKEN):
                raise
            container.remove(force=True, v=True)
        else:
            return container


def creation(settings: BoxSettings, ports: list[int], labels: dict[str, str]) -> dict[str, Any]:
    """Return what systemd needs, instead of all privileges, and ports that stay the same after a reboot."""
    told: dict[str, Any] = {
        "name": f"superlists-{settings.name}-{secrets.token_hex(4)}",
        "hostname": settings.name,
        "environment": {"container": "docker"},
        "labels": labels | {LABEL: settings.name, FOLDER: label_of(settings.folder)},
        "ports": {inside: (ADDRESS, port) for inside, port in zip((SSH, HTTP, HTTPS), ports, strict=True)},
        "cgroupns": "private",
        "cap_add": ["SYS_ADMIN"],
        # Where there is AppArmor, its profile for containers lets nobody mount.
        "security_opt": ["apparmor=unconfined"],
        "tmpfs": {"/run": "", "/run/lock": "", "/tmp": "exec"},  # noqa: S108 - the box's own
    }
    return told | _for_containers_inside(told) if settings.runtime == "docker" else told


def _for_containers_inside(told: dict[str, Any]) -> dict[str, Any]:
    return {
        # The usual filter takes from containers inside what makes their keyrings.
        "security_opt": [*told["security_opt"], "seccomp=unconfined"],
        # Layers on top of layers need a file system of their own; it goes with the container.
        "volumes": ["/var/lib/superlists"],
    }


def free_ports() -> list[int]:
    """Return three ports that nobody used just now."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for each in (one, two, three):
            each.bind((ADDRESS, 0))
        return [each.getsockname()[1] for each in (one, two, three)]


def port_of(container: Container, inside: str) -> int:
    """Return the port on this machine that stands for one inside."""
    return int(container.attrs["HostConfig"]["PortBindings"][inside][0]["HostPort"])


def label_of(folder: Path) -> str:
    """Return what tells the folder's box from others: another machine may use the same engine, with such a folder."""
    return f"{socket.gethostname()}:{folder}"


def container_of(engine: DockerClient, folder: Path) -> Container | None:
    """Return the container of this folder's box, whether it runs or not."""
    its = f"{FOLDER}={label_of(folder)}"
    found: list[Container] = engine.containers.list(all=True, ignore_removed=True, filters={"label": its})
    return found[0] if found else None
