"""Where containers see this machine."""

from docker import DockerClient

from features.targets.base import TargetError


def gateway(engine: DockerClient, network: str) -> str:
    """Return this machine's address as containers on a network see it; raises TargetError."""
    ranges = engine.networks.get(network).attrs["IPAM"]["Config"] or []
    addresses = [each["Gateway"] for each in ranges if ":" not in each.get("Gateway", ":")]
    if not addresses:
        raise TargetError(f"The network {network} leads to no address of this machine. Another way: -D mailbox=server")
    return str(addresses[0])
