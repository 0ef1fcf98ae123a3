"""What every way of running a site on its machine offers. A new way is one more file that does so."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from acceptance.ssh import Server
from deploy.provision_operations import Host
from deploy.site_layout import SiteLayout
from deploy.source import Code


@dataclass(frozen=True)
class Link:
    """What has to hold for the site to answer: how that is found out, and what to do where it does not."""

    holds: str
    look: Callable[[], object]
    else_do: str


class Runtime(Protocol):
    """A way of running a site: by a virtualenv and systemd, or by a container."""

    # What provisioning has to install.
    packages: tuple[str, ...]
    # The template of the site's `manage`.
    manage: str

    def mark(self, layout: SiteLayout) -> PurePosixPath:
        """Return a file that tells that the machine was made ready for this way."""

    def socket(self, layout: SiteLayout) -> PurePosixPath:
        """Return where nginx finds the site."""

    def provision(self, host: Host, layout: SiteLayout) -> Iterator[str]:
        """Make the server ready to run the site, and tell what was changed; raises ServerError."""

    def allowed(self, layout: SiteLayout) -> str:
        """Return what the deploying user may do as which other account, as sudoers has it."""

    def install(self, server: Server, layout: SiteLayout, code: Code) -> None:
        """Make a release of this code ready to run, in its folder, and its static files in `layout.coming`.

        What serves goes on serving. Code that has an origin is brought from there. Raises ServerError.
        """

    def checksums(self, server: Server, layout: SiteLayout, release: str) -> set[str]:
        """Return the checksums of all that the release runs; raises ServerError."""

    def is_complete(self, server: Server, layout: SiteLayout, release: str) -> bool:
        """Tell whether what install made outside the release's folder is still there."""

    def remove_unused(self, server: Server, layout: SiteLayout, releases: Collection[str]) -> list[str]:
        """Remove what install made outside the releases' folders and none of these needs; return what that was."""

    def switch(self, server: Server, layout: SiteLayout, release: str) -> None:
        """Let the release serve that `current` leads to; no request is lost. Raises ServerError."""

    def journal(self, layout: SiteLayout) -> str:
        """Return the argument that has journalctl show this site's log, and no other's."""

    def units(self, layout: SiteLayout) -> str:
        """Return the pattern of the units that serve."""

    def link(self, server: Server, layout: SiteLayout) -> Link:
        """Return what has to be up behind nginx."""
