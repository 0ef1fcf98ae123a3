"""A site in a container for each release: the next one is well before the one that serves is ended."""

import os
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import PurePosixPath

from acceptance.container_engine import EngineError
from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy import remote_commands
from deploy.host import Host
from deploy.release_image import built, needed
from deploy.remote.site_container.engine import HAS_NOT
from deploy.runtimes.base import Part
from deploy.site_layout import SiteLayout
from deploy.source import Code

PROGRAM = files("deploy.remote.site_container")
# The first is for what came before as well: a container that is ended while another request waits.
PATIENCE_S, SENDING_S = 240.0, 900.0
MB = 1_000_000


class Container:
    """Implements Runtime. What root does here, a program does that provisioning puts on the machine."""

    packages: tuple[str, ...] = ("docker.io",)
    manage = "manage-container"

    def mark(self, layout: SiteLayout) -> PurePosixPath:
        """Return the program that root runs."""
        return _program(layout)

    def socket(self, layout: SiteLayout) -> PurePosixPath:
        """Return the link to the socket of the container that serves."""
        return _state(layout) / "current.sock"

    def provision(self, host: Host, layout: SiteLayout) -> Iterator[str]:
        """Put the program there, and the folder for the sockets; the engine runs, and starts with the machine."""
        folder = PurePosixPath(f"/usr/local/lib/{layout.unit}/site_container")
        host.root("install", "--directory", "--mode=755", str(folder.parent), str(folder), str(_state(layout)))
        for source in sorted(PROGRAM.iterdir(), key=lambda source: source.name):
            if source.name.endswith(".py"):
                yield from host.file(folder / source.name, source.read_text())
        yield from host.file(_program(layout), layout.filled("container"), mode="755")
        # nginx comes to the sockets, and nobody else.
        owners = (f"--owner={layout.account}", "--group=www-data")
        host.root("install", "--directory", "--mode=750", *owners, str(_state(layout) / "sockets"))
        if not host.server.check(remote_commands.systemctl("is-enabled", "docker.service"), no=1):
            host.root("systemctl", "enable", "docker.service")
            yield "enabled docker.service"
        host.run(remote_commands.systemctl("start", "docker.service"))

    def allowed(self, layout: SiteLayout) -> str:
        """Return the program, which looks at its arguments itself."""
        return str(_program(layout))

    def install(self, server: Server, layout: SiteLayout, code: Code) -> None:
        """Build the image here, send what the machine has not, and take its static files out of it."""
        known = server.run(_asked(layout, "layers", step="Asking which layers are there")).splitlines()
        try:
            with built(code) as saved, needed(saved, known) as image:
                size_mb = round(os.fstat(image.fileno()).st_size / MB)
                load = _asked(layout, "load", code.commit, step=f"Sending the image, {size_mb} MB")
                server.run(replace(load, stdin=image, timeout_s=SENDING_S))
        except EngineError as error:
            raise ServerError(f"Building the image of {code.commit} here: {error}") from error
        server.run(_asked(layout, "unpack", code.commit, step="Bringing static files"))

    def is_complete(self, server: Server, layout: SiteLayout, release: str) -> bool:
        """Tell whether the image is on the machine: somebody may have cleared what no container uses."""
        return server.check(_asked(layout, "has", release, step=f"Looking for the image of {release}"), no=HAS_NOT)

    def remove(self, server: Server, layout: SiteLayout, release: str) -> None:
        """Remove the release's image."""
        server.run(_asked(layout, "remove", release, step=f"Removing the image of {release}"))

    def switch(self, server: Server, layout: SiteLayout, release: str) -> None:
        """Start the release beside the one that serves; nginx's way leads to it once it is well."""
        server.run(_asked(layout, "serve", release, step=f"Starting the container of {release}"))

    def journal(self, layout: SiteLayout) -> str:
        """Return what the engine calls the site in the journal."""
        return f"--identifier={layout.unit}"

    def since(self, layout: SiteLayout) -> Command:
        """Return what asks the engine."""
        return _asked(layout, "since", step="Asking since when the site serves")

    def parts(self, layout: SiteLayout) -> list[Part]:
        """Return the engine and the container."""
        return [
            Part(
                "the container engine runs",
                remote_commands.systemctl("is-active", "docker.service"),
                "On the machine: sudo systemctl start docker; sudo journalctl --unit=docker",
            ),
            Part(
                "the site's container runs",
                self.since(layout),
                "fab deploy makes it anew; fab logs tells why it ended.",
            ),
        ]


def _asked(layout: SiteLayout, *arguments: str, step: str) -> Command:
    return Command((str(_program(layout)), *arguments), step=step, sudo=True, timeout_s=PATIENCE_S)


def _program(layout: SiteLayout) -> PurePosixPath:
    return PurePosixPath("/usr/local/sbin", layout.unit)


def _state(layout: SiteLayout) -> PurePosixPath:
    return PurePosixPath("/var/lib", layout.unit)
