"""How a site runs on its machine. This is the one place of choice."""

from acceptance.sites import Site
from deploy.runtimes.base import Runtime
from deploy.runtimes.container import Container
from deploy.runtimes.virtualenv import Virtualenv

RUNTIMES: dict[str, Runtime] = {"virtualenv": Virtualenv(), "docker": Container()}


def runtime_of(site: Site) -> Runtime:
    """Return how this site runs, as the sites file says."""
    return RUNTIMES[site.runtime]
