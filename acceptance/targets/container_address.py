"""Where on this machine a container's site is; nowhere else, and nobody else's."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from docker.models.containers import Container

from acceptance.targets.base import TargetError

PORT = "8888/tcp"
# The names a browser can go to, and where on this machine each leads.
LEADS_TO = {"127.0.0.1": ("127.0.0.1",), "localhost": ("127.0.0.1", "::1")}
# The interfaces that reach such an address; a wildcard of IPv6 may take IPv4 as well.
REACHED_BY = {"127.0.0.1": ("127.0.0.1", "", "0.0.0.0", "::"), "::1": ("::1", "", "::")}  # noqa: S104 - only compared
PATIENCE_S = 2


def address_of(container: Container) -> str:
    """Return where the site is, on this machine and nowhere else; raises TargetError."""
    published = container.ports.get(PORT)
    if not published:
        raise TargetError(f"The container {container.name} does not publish its port {PORT}: docker run -p 8888:8888 …")
    host = _host_of(container)
    port = port_for(host, published)
    if not port:
        found = ", ".join(f"{each['HostIp']}:{each['HostPort']}" for each in published)
        raise TargetError(
            f"The container {container.name} publishes its port at {found} only, and {host} does not lead there: "
            f"docker run -p 127.0.0.1:8888:8888 …"
        )
    if other := next(_others(host, port, published), ""):
        raise TargetError(
            f"At {other}, port {port}, something else than the container {container.name} answers, and {host} leads "
            f"there too. Publish the container at another port, or start it with DJANGO_ALLOWED_HOST=127.0.0.1"
        )
    return f"http://{host}:{port}"


def port_for(host: str, published: Iterable[dict[str, str]]) -> str:
    """Return at which port of this machine `host` leads to what is published; nothing if it does not."""
    for address in LEADS_TO[host]:
        for interface in REACHED_BY[address]:
            for binding in published:
                if binding["HostIp"] == interface:
                    return binding["HostPort"]
    return ""


def _others(host: str, port: str, published: list[dict[str, str]]) -> Iterator[str]:
    """Go through the addresses that the name leads to, and at which somebody else listens."""
    taken = {binding["HostIp"] for binding in published if binding["HostPort"] == port}
    for address in LEADS_TO[host]:
        if taken.isdisjoint(REACHED_BY[address]) and _listens(address, int(port)):
            yield address


def _listens(address: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((address, port), timeout=PATIENCE_S):
        return True
    return False


def _host_of(container: Container) -> str:
    variables: dict[str, Any] = dict(entry.partition("=")[::2] for entry in container.attrs["Config"]["Env"])
    host = str(variables.get("DJANGO_ALLOWED_HOST", ""))
    if host not in LEADS_TO:
        # By that name the browser might find the real site.
        raise TargetError(
            f"The site in {container.name} answers only to the host {host!r}. "
            f"Allowed for DJANGO_ALLOWED_HOST: {' or '.join(sorted(LEADS_TO))}"
        )
    return host
