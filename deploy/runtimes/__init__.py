"""How a site runs on its machine. This is the one place of choice."""

from acceptance.sites import Site
from deploy.provision_operations import Host
from deploy.runtimes.base import Runtime
from deploy.runtimes.container import Container
from deploy.runtimes.virtualenv import Virtualenv
from deploy.site_layout import SiteLayout

RUNTIMES: dict[str, Runtime] = {"virtualenv": Virtualenv(), "docker": Container()}


def other_runtime(site: Site, host: Host, layout: SiteLayout) -> str:
    """Return the runtime that the machine was made ready for, if it is another than the sites file says."""
    others = (name for name in RUNTIMES if name != site.runtime)
    return next((name for name in others if host.is_there(RUNTIMES[name].mark(layout))), "")


def runtime_of(site: Site) -> Runtime:
    """Return how this site runs, as the sites file says."""
    return RUNTIMES[site.runtime]
