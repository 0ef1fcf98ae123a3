"""Every site there is, as deploy/sites.toml names them; fab and behave read the same file."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from acceptance import isolation as apart
from acceptance import ssh_keys as keys
from acceptance.sites_table import Table, shown
from acceptance.sites_values import HOST, PORT, USER, WEB_HOST, Kind, one_of, other_than, path_from

SITES = Path(__file__).resolve().parent.parent / "deploy" / "sites.toml"
# Names of targets that are no server.
RESERVED = ("local", "docker")
NAME = re.compile(r"[a-z][a-z0-9-]*")
SITE_KEYS = ("host", "port", "environment", "runtime", "ssh", "tls")
SSH_KEYS = ("host", "port", "user", "admin", "key", "known_hosts")
TLS_KEYS = ("certificate", "key", "ca")
HTTP, HTTPS, SSH = 80, 443, 22


class SitesError(Exception):
    """Sites that cannot be used as they are described; one line for each mistake."""

    @classmethod
    def of(cls, path: Path, mistakes: Iterable[str]) -> "SitesError":
        """Return the error that tells all of this file's mistakes."""
        return cls("\n".join([f"{path} cannot be used:", *(f"  {mistake}" for mistake in mistakes)]))


@dataclass(frozen=True)
class Ssh:
    """How a site's machine is reached, and with which private key.

    `user` deploys, and is made by provision; `admin`, who may become root, provisions. It is another,
    or who deploys could do whatever root can; empty where the sites file names none.
    """

    host: str
    port: int
    user: str
    admin: str
    key: Path
    known_hosts: Path


@dataclass(frozen=True)
class Tls:
    """Files on this machine; `ca` is the site's own authority, where browsers know none."""

    certificate: Path
    key: Path
    ca: Path | None


@dataclass(frozen=True)
class Site:
    """A site on a server. Hosts are in lower case and without a dot at the end."""

    name: str
    host: str
    port: int
    environment: str
    runtime: str
    ssh: Ssh
    tls: Tls | None

    @property
    def base_url(self) -> str:
        """The address of the front page, without its last slash; default ports are left out."""
        scheme, default = ("https", HTTPS) if self.tls else ("http", HTTP)
        return f"{scheme}://{self.host}" + ("" if self.port == default else f":{self.port}")

    @property
    def authority(self) -> Path | None:
        """The site's own certificate authority, where browsers know none."""
        return self.tls.ca if self.tls else None

    @property
    def disposable(self) -> bool:
        """Whether this site's data may be wiped."""
        return self.environment == "staging"


def read_sites(path: Path = SITES) -> dict[str, Site]:
    """Return the sites of a file by their names; no network is asked.

    Raises SitesError that names each mistake and what is allowed instead.
    """
    mistakes: list[str] = []
    sites = {
        name: _site(name, given, path, mistakes)
        for name, given in _tables(path).items()
        if _is_site(name, given, mistakes)
    }
    mistakes += apart.sharing(sites.values())
    mistakes += apart.with_one_container(sites.values())
    if mistakes:
        raise SitesError.of(path, mistakes)
    return sites


def read_sites_apart(path: Path = SITES) -> dict[str, Site]:
    """Return the sites of a file, once the resolver was asked as well that production shares no machine.

    For whoever is about to connect. Raises SitesError.
    """
    sites = read_sites(path)
    if mistakes := apart.same_machine_by_address(sites.values()):
        raise SitesError.of(path, mistakes)
    return sites


def require_key(site: Site) -> None:
    """Raise SitesError, in one sentence, unless this site's private key is there for its owner alone."""
    if mistake := keys.mistake(site.ssh.key):
        raise SitesError(f"{site.name}.ssh.key: {mistake}")


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        advice = f"there is no such file. Make one with a table for each site, after the example in {SITES}"
        raise SitesError.of(path, [advice]) from None
    except OSError as error:
        raise SitesError.of(path, [f"it cannot be read: {error.strerror}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SitesError.of(path, [f"it is not TOML: {error}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SitesError.of(path, [f"it is not UTF-8 (at line {line})"]) from error


def _is_site(name: str, given: object, mistakes: list[str]) -> bool:
    if not isinstance(given, dict):
        mistakes.append(f"{name}: is {shown(given)}; allowed: a table for each site, such as [staging]")
        return False
    if name in RESERVED:
        mistakes.append(f"{name}: is a target of its own; allowed: any name but {' and '.join(RESERVED)}")
    elif not NAME.fullmatch(name):
        mistakes.append(
            f"{shown(name)}: is not a site's name; allowed: a letter, then letters, digits and -, all small"
        )
    return True


def _site(name: str, given: object, path: Path, mistakes: list[str]) -> Site:
    table = Table(name, given, SITE_KEYS, mistakes)
    file = path_from(path.absolute().parent)
    tls = _tls(table.table("tls", TLS_KEYS), file) if "tls" in table else None
    host = table.read("host", WEB_HOST)
    return Site(
        name=name,
        host=host,
        port=table.read("port", PORT, HTTPS if tls else HTTP),
        environment=table.read("environment", one_of("staging", "production")),
        runtime=table.read("runtime", one_of("virtualenv", "docker"), "virtualenv"),
        ssh=_ssh(table.table("ssh", SSH_KEYS), file, host),
        tls=tls,
    )


def _ssh(table: Table, file: Kind, site_host: str | None) -> Ssh:
    return Ssh(
        # A site's host that is missing, or a mistake, has been told already.
        host=table.read("host", HOST, site_host or ""),
        port=table.read("port", PORT, SSH),
        user=(user := table.read("user", USER)),
        # Nobody but provisioning needs it, which asks for it.
        admin=table.read("admin", other_than(user), ""),
        key=table.read("key", file),
        known_hosts=table.read("known_hosts", file, file.parse("~/.ssh/known_hosts")),
    )


def _tls(table: Table, file: Kind) -> Tls:
    return Tls(
        certificate=table.read("certificate", file),
        key=table.read("key", file),
        ca=table.read("ca", file) if "ca" in table else None,
    )
