"""What a production site has to itself: its address, its machine and its key."""

import socket
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from acceptance.ssh_keys import is_same

if TYPE_CHECKING:
    from acceptance.sites import Site

# There is no such name, or it has no address. EAI_NODATA is not everywhere.
UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
OWN = "; a production site has one to itself"


def sharing(sites: Collection["Site"]) -> Iterator[str]:
    """Yield a sentence for each thing that production shares; no network is asked."""
    for production, other in _pairs(sites):
        if None not in (production.host, production.port) and _address(production) == _address(other):
            yield f"{production.name}: has the same host and port as {other.name}{OWN}"
        if production.ssh.host and production.ssh.port and _machine(production) == _machine(other):
            yield _same_machine(production, other)
        if production.ssh.key and other.ssh.key and is_same(production.ssh.key, other.ssh.key):
            yield f"{production.name}.ssh.key: is the same key as {other.name}.ssh.key{OWN}"


def with_one_container(sites: Iterable["Site"]) -> Iterator[str]:
    """Yield a sentence for each site whose container would take another's name on the same machine."""
    first: dict[tuple[str, int], str] = {}
    for site in sites:
        if site.runtime == "docker" and site.ssh.host and site.ssh.port:
            other = first.setdefault(_machine(site), site.name)
            if other != site.name:
                yield f"{site.name}.runtime: is docker as {other}'s on the same machine; allowed: one such site on each"


def addresses(host: str) -> set[str]:
    """Return the IP addresses of a host; none if its name is not known. Raises OSError where that cannot be told."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except UnicodeError:
        return set()
    except socket.gaierror as error:
        if error.errno in UNKNOWN:
            return set()
        raise


def same_machine_by_address(sites: Iterable["Site"], resolve: Callable[[str], set[str]] = addresses) -> list[str]:
    """Return a sentence for each machine that production shares under two names; asks the resolver."""
    pairs = [pair for pair in _pairs(sites) if pair[0].ssh.port == pair[1].ssh.port]
    known: dict[str, set[str]] = {}
    for host in {site.ssh.host: None for pair in pairs for site in pair}:
        try:
            known[host] = resolve(host)
        except OSError as error:
            trouble = f"{host} cannot be looked up now ({error}), so nobody knows whether production shares its machine"
            return [f"{trouble}. Try again once names are found, or give IP addresses"]
    return [_same_machine(*pair) for pair in pairs if known[pair[0].ssh.host] & known[pair[1].ssh.host]]


def _pairs(sites: Iterable["Site"]) -> list[tuple["Site", "Site"]]:
    """Return each production site with each site of another environment; an unknown one is told elsewhere."""
    known = [site for site in sites if site.environment]
    return [
        (production, other)
        for production in known
        for other in known
        if production.environment == "production" != other.environment
    ]


def _address(site: "Site") -> tuple[str, int]:
    return site.host, site.port


def _machine(site: "Site") -> tuple[str, int]:
    return site.ssh.host, site.ssh.port


def _same_machine(production: "Site", other: "Site") -> str:
    at = f"{production.ssh.host}, port {production.ssh.port}"
    return f"{production.name}.ssh: is the same machine as {other.name}.ssh ({at}){OWN}"
