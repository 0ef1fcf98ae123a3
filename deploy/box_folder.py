"""What a box has on this side: the key to it, its host key as known here, and its entry for a sites file."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from filelock import FileLock

from acceptance.docker_client import EngineError
from deploy import box_certificate as certificate

USER = "debian"
DEPLOYER = "deployer"
# As the Dockerfile makes the user.
USER_ID = 1000
AUTHORITY = "ca.pem"
KEY, PUBLIC_KEY, KNOWN_HOSTS, SSH_CONFIG, SITES = "key", "key.pub", "known_hosts", "ssh_config", "sites.toml"
WRITTEN = (KEY, PUBLIC_KEY, KNOWN_HOSTS, SSH_CONFIG, SITES)
# Says that the folder is a box's: what start writes is removed again with it.
MARK = ".superlists-box"
HOST_KEY = "etc/ssh/ssh_host_ed25519_key"
AUTHORIZED_KEYS = f"home/{USER}/.ssh/authorized_keys"
# The certificate of a box that has one, and its key.
CERTIFICATE, CERTIFICATE_KEY = "etc/ssl/certs/box.pem", "etc/ssl/private/box.pem"


@dataclass(frozen=True)
class BoxSettings:
    """A box before it is there: its folder on this side, and what its entry says of it."""

    folder: Path
    name: str = "box"
    environment: str = "staging"
    runtime: str = "virtualenv"
    tls: bool = False
    database: str = "sqlite"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have the folder for oneself, made if need be: who comes second waits."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock := f"{folder}.lock"):
        folder.mkdir(mode=0o700, exist_ok=True)
        yield
        if not folder.exists():
            # Whoever waits for it notices that it is gone, and makes another.
            Path(lock).unlink()


def claim(folder: Path) -> None:
    """Mark a new or empty folder as a box's own, or one of before that is complete; raises EngineError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = {path.name for path in folder.iterdir()}
    mark = folder / MARK
    if folder.lstat().st_uid != os.geteuid() or (mark.exists() and mark.lstat().st_uid != os.geteuid()):
        raise EngineError(f"{folder} is another user's; allowed: a folder of one's own")
    if MARK in there:
        return
    if there and not is_complete(folder):
        raise EngineError(
            f"{folder} holds {', '.join(sorted(there)[:3])}, and no box; allowed: a folder that is new or empty"
        )
    mark.touch()


def new_keys(settings: BoxSettings, address: str) -> tuple[bytes, str]:
    """Write a key to the box; return an archive with its counterpart and a new host key, and the public host key.

    A box with a certificate gets that as well, for this address; of it, the authority alone is written here.
    """
    _generate(settings.folder / KEY, f"{USER}@{settings.name}")
    with TemporaryDirectory() as folder:
        host_key = Path(folder, "host_key")
        _generate(host_key, f"root@{settings.name}")
        public = host_key.with_suffix(".pub").read_text()
        files = [
            (HOST_KEY, host_key.read_bytes(), 0),
            (f"{HOST_KEY}.pub", public.encode(), 0),
            (AUTHORIZED_KEYS, (settings.folder / PUBLIC_KEY).read_bytes(), USER_ID),
        ]
        if settings.tls:
            certificate.write(Path(folder), address)
            for name, written in ((CERTIFICATE, certificate.CERTIFICATE), (CERTIFICATE_KEY, certificate.KEY)):
                files.append((name, Path(folder, written).read_bytes(), 0))
            (settings.folder / AUTHORITY).write_bytes(Path(folder, certificate.AUTHORITY).read_bytes())
    return _packed(files), " ".join(public.split()[:2])


def _generate(path: Path, comment: str) -> None:
    key = Ed25519PrivateKey.generate()
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise EngineError(f"There is a key {path} already, and nothing else of the box. Remove it.") from error
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    path.with_suffix(".pub").write_text(f"{public} {comment}\n")


def _packed(files: list[tuple[str, bytes, int]]) -> bytes:
    """Return a tar archive of files that only their owner may read."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content, owner in files:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.uid, entry.gid = len(content), 0o600, owner, owner
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def introduce(settings: BoxSettings, host_key: str, address: str, ssh_port: int, web_port: int) -> None:
    """Write whom to expect there, how to log in, and the entry for a sites file."""
    (settings.folder / KNOWN_HOSTS).write_text(f"[{address}]:{ssh_port} {host_key}\n")
    (settings.folder / SSH_CONFIG).write_text("\n".join(_ssh_config(settings, address, ssh_port)) + "\n")
    entry: dict[str, str | int] = {
        "host": address,
        "port": web_port,
        "environment": settings.environment,
        "runtime": settings.runtime,
        "database": settings.database,
        # A box to rehearse on may be production's, and has a certificate only if asked for.
        "plain_http": not settings.tls,
    }
    login: dict[str, str | int] = {"host": address, "port": ssh_port, "user": DEPLOYER, "admin": USER}
    files = {"key": str(settings.folder / KEY), "known_hosts": str(settings.folder / KNOWN_HOSTS)}
    lines = [f"[{settings.name}]", *_pairs(entry), "", f"[{settings.name}.ssh]", *_pairs({**login, **files})]
    if settings.tls:
        named: dict[str, str | int] = {"certificate": f"/{CERTIFICATE}", "key": f"/{CERTIFICATE_KEY}"}
        named["ca"] = str(settings.folder / AUTHORITY)
        lines += ["", f"[{settings.name}.tls]", *_pairs(named)]
    (settings.folder / SITES).write_text("\n".join(lines) + "\n")


def _ssh_config(settings: BoxSettings, address: str, port: int) -> list[str]:
    """Return how ssh logs in: with this key, to a server with this host key, and no other."""
    key, known_hosts = (json.dumps(str(settings.folder / name)).replace("%", "%%") for name in (KEY, KNOWN_HOSTS))
    options = {
        "HostName": address,
        "Port": port,
        "User": USER,
        "IdentityFile": key,
        "IdentitiesOnly": "yes",
        "UserKnownHostsFile": known_hosts,
        "GlobalKnownHostsFile": "none",
        "StrictHostKeyChecking": "yes",
    }
    return [f"Host {settings.name}", *(f"  {name} {value}" for name, value in options.items())]


def _pairs(values: dict[str, str | int]) -> list[str]:
    # JSON's strings and numbers are TOML's as well.
    return [f"{name} = {json.dumps(value)}" for name, value in values.items()]


def is_complete(folder: Path) -> bool:
    """Tell whether all is there that start writes."""
    return all((folder / name).exists() for name in WRITTEN)


def empty(folder: Path) -> None:
    """Remove what start wrote; nothing of a folder that is no box's."""
    if not (folder / MARK).exists():
        return
    for name in (*WRITTEN, AUTHORITY):
        (folder / name).unlink(missing_ok=True)


def leave(folder: Path) -> None:
    """Remove the folder unless something else is in it."""
    with suppress(OSError):
        if [path.name for path in folder.iterdir()] == [MARK]:
            (folder / MARK).unlink()
        folder.rmdir()
