"""Proxies that the environment names: they are for what is elsewhere, and nothing on this machine is behind them."""

import os
import socket
from ipaddress import ip_address
from typing import Any

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def bypass_proxies(*hosts: str) -> None:
    """Let this process, and what it starts, use no proxy for this machine itself and for these hosts."""
    for name in ("no_proxy", "NO_PROXY"):
        past = [host.strip() for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")]
        if past != ["*"]:
            os.environ[name] = ",".join(dict.fromkeys(filter(None, [*past, *LOOPBACK, *hosts])))


def is_this_machine(host: str) -> bool:
    """Tell whether every address of a host is this machine's own; one that nobody knows is elsewhere."""
    if host in LOOPBACK:
        return True
    try:
        addresses = socket.getaddrinfo(host, 9, type=socket.SOCK_DGRAM)
    except OSError:
        return False
    return all(_is_own(family, address) for family, _, _, _, address in addresses)


def _is_own(family: socket.AddressFamily, address: tuple[Any, ...]) -> bool:
    if ip_address(address[0]).is_loopback:
        return True
    # To connect a datagram socket sends nothing; the system only says from which of its own addresses it would.
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(address)
        except OSError:
            return False
        return bool(probe.getsockname()[0] == address[0])
