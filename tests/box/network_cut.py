"""A box's link to the world, cut as by a digger: nobody is told, and either end only hears nothing more."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deploy.box import Box
from deploy.remote.lock import ADVISORY_LOCK
from tests.box.deployed_site import DeployedSite
from tests.targets.engine import engine

LINK = "eth0"
# The site's end bears 30 s of silence; the last sign of life came before the cut. The rest is for looking.
FREE_WITHIN_S = 32


@contextmanager
def cut_off(box: Box) -> Iterator[None]:
    """Let no packet in or out of the box meanwhile."""
    with engine() as client:
        container = client.containers.get(box.container_id)
        (network,) = container.attrs["NetworkSettings"]["Networks"].values()

        def ip(*arguments: str) -> None:
            # The box itself has no right to; this one looks at the same link, and has.
            here: Any = {"network_mode": f"container:{container.id}", "cap_add": ["NET_ADMIN"]}
            client.containers.run(container.attrs["Image"], ["ip", *arguments], remove=True, **here)

        ip("link", "set", LINK, "down")
        try:
            yield
        finally:
            ip("link", "set", LINK, "up")
            ip("route", "add", "default", "via", network["Gateway"])


def address_of(box: Box) -> str:
    """Return the address that the box itself has."""
    with engine() as client:
        (network,) = client.containers.get(box.container_id).attrs["NetworkSettings"]["Networks"].values()
    return str(network["IPAddress"])


def succeeds_inside(box: Box, *command: str) -> bool:
    """Tell whether a command succeeds in the box, by way of the engine, which needs no link."""
    with engine() as client:
        code, _ = client.containers.get(box.container_id).exec_run(list(command))
    return bool(code == 0)


def taking_the_lock(there: DeployedSite, within_s: float) -> list[str]:
    """Return a command that takes the site's lock for a moment, and fails where it is not free in time."""
    if there.site.database == "sqlite":
        return ["flock", f"--timeout={within_s}", str(there.layout.lock), "true"]
    limit = ("env", "--chdir=/", f"PGOPTIONS=-clock_timeout={within_s}s")
    psql = (
        "psql",
        "--no-psqlrc",
        f"--dbname={there.layout.account}",
        f"--command=SELECT pg_advisory_lock({ADVISORY_LOCK})",
    )
    return ["runuser", "--user=postgres", "--", *limit, *psql]


def is_free(there: DeployedSite) -> bool:
    """Tell whether nobody holds the site's lock."""
    return succeeds_inside(there.box, *taking_the_lock(there, 0.1))


def is_freed(there: DeployedSite) -> None:
    """Return once the lock is free; tell when that was."""
    began = time.monotonic()
    # One look that waits: a look every few milliseconds would keep the machine busy all the while.
    freed = succeeds_inside(there.box, *taking_the_lock(there, FREE_WITHIN_S))
    assert freed, f"The lock was not free within {FREE_WITHIN_S} s"
    print(f"The lock was free after {time.monotonic() - began:.1f} s")
