"""A server in a box: a container that looks like an empty Debian server, reached by SSH and HTTP on this machine."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container

from acceptance.docker_client import EngineError, connect
from acceptance.images import Recipe
from acceptance.images import image as build_image
from acceptance.waiting import NotSeenError, eventually
from deploy.box_folder import SSH_CONFIG, BoxSettings, claim, empty, held, introduce, is_complete, leave, new_keys

BOX = Recipe("box", Path(__file__).resolve().parent / "box", "Dockerfile", stage="server")
BOX_WITH_POSTGRESQL = replace(BOX, kind="box-postgresql", stage="postgresql")
BOX_WITH_PODMAN = replace(BOX, kind="box-podman", stage="podman")
ADDRESS = "127.0.0.1"
LABEL = "superlists.box"
FOLDER = f"{LABEL}.folder"
SSH, HTTP, HTTPS = "22/tcp", "80/tcp", "443/tcp"
PORTS_TRIED = 5
TAKEN = ("already allocated", "already in use")
ANSWERS_WITHIN_S = 30.0
LOOK_LIMIT_S = 2


@dataclass(frozen=True)
class Box:
    """A server in a box: where it is reached, and the folder with the key to it and its entry for a sites file."""

    name: str
    container_id: str
    ssh_port: int
    http_port: int
    https_port: int
    folder: Path

    def ssh(self, *command: str) -> list[str]:
        """Return the command that logs in, or runs a command there."""
        return ["ssh", "-F", str(self.folder / SSH_CONFIG), self.name, *command]


def start(  # noqa: PLR0913 - each says one thing of the box, by its name
    folder: Path,
    *,
    name: str = "box",
    environment: str = "staging",
    runtime: str = "virtualenv",
    tls: bool = False,
    database: str = "sqlite",
    labels: dict[str, str] | None = None,
    image: str = "",
) -> Box:
    """Return the box of this folder once sshd answers, made or started if need be; raises EngineError.

    With the runtime `docker` it has Podman and PostgreSQL at rest, with the database `postgres` the latter alone, with
    `tls` a certificate and its own authority. A box that is there stays what it is; a new one is made of `image`, or
    else of an empty server's.
    """
    settings = BoxSettings(folder.resolve(), name, environment, runtime, tls, database)
    with _engine() as engine, held(settings.folder):
        claim(settings.folder)
        there = _container_of(engine, settings.folder)
        if there is None or not is_complete(settings.folder):
            _remove(engine, settings.folder)
            return _made(engine, settings, labels or {}, image)
        there.start()
        return _answering(there)


def find(folder: Path) -> Box | None:
    """Return the box of this folder if it runs; raises EngineError."""
    with _engine() as engine:
        there = _container_of(engine, folder.resolve())
        return _box(there) if there and there.status == "running" else None


def remove(folder: Path) -> None:
    """Remove the box of this folder, whether it runs or not; safe to call twice. Raises EngineError."""
    folder = folder.resolve()
    with _engine() as engine, held(folder):
        if _container_of(engine, folder) or any(folder.iterdir()):
            claim(folder)
        _remove(engine, folder)
        leave(folder)


@contextmanager
def _engine() -> Iterator[DockerClient]:
    engine = connect()
    try:
        yield engine
    except DockerException as error:
        raise EngineError(f"The container engine refused: {error}") from error
    finally:
        engine.close()


def _made(engine: DockerClient, settings: BoxSettings, labels: dict[str, str], tag: str) -> Box:
    kind = BOX_WITH_POSTGRESQL if settings.database == "postgres" else BOX
    tag = tag or build_image(engine, BOX_WITH_PODMAN if settings.runtime == "docker" else kind)
    try:
        keys, host_key = new_keys(settings, ADDRESS)
        container = _started(engine, tag, settings, labels, keys)
        web = _port_of(container, HTTPS if settings.tls else HTTP)
        introduce(settings, host_key, ADDRESS, _port_of(container, SSH), web)
        return _answering(container)
    except BaseException:
        # Failed or interrupted: no half of a box stays.
        with suppress(DockerException):
            _remove(engine, settings.folder)
            leave(settings.folder)
        raise


def _answering(container: Container) -> Box:
    port = _port_of(container, SSH)
    try:
        eventually(lambda: _greeting(port), lambda said: said[:4] == "SSH-", what="sshd", within_s=ANSWERS_WITHIN_S)
    except NotSeenError as error:
        said = container.logs(tail=20).decode(errors="replace").strip()
        raise EngineError(f"The box does not answer. {error}. It said: {said or '(nothing)'}") from error
    return _box(container)


def _greeting(port: int) -> str:
    try:
        with socket.create_connection((ADDRESS, port), timeout=LOOK_LIMIT_S) as connection:
            return connection.recv(64).decode(errors="replace")
    except OSError as error:
        return str(error)


def _box(container: Container) -> Box:
    labels = container.attrs["Config"]["Labels"]
    ssh, http, https = (_port_of(container, inside) for inside in (SSH, HTTP, HTTPS))
    folder = Path(labels[FOLDER].partition(":")[2])
    return Box(labels[LABEL], str(container.id), ssh, http, https, folder)


def _remove(engine: DockerClient, folder: Path) -> None:
    while there := _container_of(engine, folder):
        try:
            there.remove(force=True, v=True)
        except NotFound:
            continue
        except APIError as error:
            # Somebody else is removing it.
            if error.status_code != HTTPStatus.CONFLICT:
                raise
    empty(folder)


def _started(engine: DockerClient, tag: str, settings: BoxSettings, labels: dict[str, str], keys: bytes) -> Container:
    """Return a container with these keys, started on ports that were free; raises docker's errors."""
    tries = PORTS_TRIED
    while True:
        container = engine.containers.create(tag, **_creation(settings, free_ports(), labels))
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


def _creation(settings: BoxSettings, ports: list[int], labels: dict[str, str]) -> dict[str, Any]:
    """Return what systemd needs, instead of all privileges, and ports that stay the same after a reboot."""
    with_podman = settings.runtime == "docker"
    return {
        "name": f"superlists-{settings.name}-{secrets.token_hex(4)}",
        "hostname": settings.name,
        "environment": {"container": "docker"},
        "labels": labels | {LABEL: settings.name, FOLDER: label_of(settings.folder)},
        "ports": {inside: (ADDRESS, port) for inside, port in zip((SSH, HTTP, HTTPS), ports, strict=True)},
        "cgroupns": "private",
        "cap_add": ["SYS_ADMIN"],
        # Where there is AppArmor, its profile for containers lets nobody mount. The usual filter takes from containers
        # inside what makes their keyrings.
        "security_opt": ["apparmor=unconfined", *(["seccomp=unconfined"] if with_podman else [])],
        "tmpfs": {"/run": "", "/run/lock": "", "/tmp": "exec"},  # noqa: S108 - the box's own
        # Layers on top of layers need a file system of their own; it goes with the container.
        "volumes": ["/var/lib/superlists"] if with_podman else [],
    }


def free_ports() -> list[int]:
    """Return three ports that nobody used just now."""
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for each in (one, two, three):
            each.bind((ADDRESS, 0))
        return [each.getsockname()[1] for each in (one, two, three)]


def _port_of(container: Container, inside: str) -> int:
    """Return the port on this machine that stands for one inside."""
    return int(container.attrs["HostConfig"]["PortBindings"][inside][0]["HostPort"])


def label_of(folder: Path) -> str:
    """Return what tells the folder's box from others: another machine may use the same engine, with such a folder."""
    return f"{socket.gethostname()}:{folder}"


def _container_of(engine: DockerClient, folder: Path) -> Container | None:
    """Return the container of this folder's box, whether it runs or not."""
    its = f"{FOLDER}={label_of(folder)}"
    found: list[Container] = engine.containers.list(all=True, ignore_removed=True, filters={"label": its})
    return found[0] if found else None
