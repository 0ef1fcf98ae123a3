"""A site in a container for each release: the next one is well before the one that serves is ended."""

import os
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import PurePosixPath

from acceptance.container_engine import EngineError
from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy import remote_commands as errands
from deploy.host import Machine
from deploy.release_image import built, needed
from deploy.remote.site_container.engine import HAS_NOT
from deploy.runtimes.base import Part
from deploy.site_layout import Place
from deploy.source import Code

PROGRAM = files("deploy.remote.site_container")
# The first is for what came before as well: a container that is ended while another request waits.
PATIENCE_S, SENDING_S = 240.0, 900.0
MB = 1_000_000


class Container:
    """Implements Runtime. What root does here, a program does that provisioning puts on the machine."""

    packages: tuple[str, ...] = ("docker.io",)
    manage = "manage-container"

    def mark(self, place: Place) -> PurePosixPath:
        """Return the program that root runs."""
        return _program(place)

    def socket(self, place: Place) -> PurePosixPath:
        """Return the link to the socket of the container that serves."""
        return _state(place) / "current.sock"

    def provision(self, machine: Machine, place: Place) -> Iterator[str]:
        """Put the program there, and the folder for the sockets; the engine runs, and starts with the machine."""
        folder = PurePosixPath(f"/usr/local/lib/{place.unit}/site_container")
        machine.root("install", "--directory", "--mode=755", str(folder.parent), str(folder), str(_state(place)))
        for source in sorted(PROGRAM.iterdir(), key=lambda source: source.name):
            if source.name.endswith(".py"):
                yield from machine.file(folder / source.name, source.read_text())
        yield from machine.file(_program(place), place.filled("container"), mode="755")
        # nginx comes to the sockets, and nobody else.
        owners = (f"--owner={place.account}", "--group=www-data")
        machine.root("install", "--directory", "--mode=750", *owners, str(_state(place) / "sockets"))
        if not machine.server.tells(errands.systemctl("is-enabled", "docker.service"), no=1):
            machine.root("systemctl", "enable", "docker.service")
            yield "enabled docker.service"
        machine.run(errands.systemctl("start", "docker.service"))

    def allowed(self, place: Place) -> str:
        """Return the program, which looks at its arguments itself."""
        return str(_program(place))

    def install(self, server: Server, place: Place, code: Code) -> None:
        """Build the image here, send what the machine has not, and take its static files out of it."""
        known = server.run(_asked(place, "layers", says="Asking which layers are there")).splitlines()
        try:
            with built(code) as saved, needed(saved, known) as image:
                size_mb = round(os.fstat(image.fileno()).st_size / MB)
                load = _asked(place, "load", code.commit, says=f"Sending the image, {size_mb} MB")
                server.run(replace(load, stdin=image, timeout_s=SENDING_S))
        except EngineError as error:
            raise ServerError(f"Building the image of {code.commit} here: {error}") from error
        server.run(_asked(place, "unpack", code.commit, says="Bringing static files"))

    def is_complete(self, server: Server, place: Place, release: str) -> bool:
        """Tell whether the image is on the machine: somebody may have cleared what no container uses."""
        return server.tells(_asked(place, "has", release, says=f"Looking for the image of {release}"), no=HAS_NOT)

    def remove(self, server: Server, place: Place, release: str) -> None:
        """Remove the release's image."""
        server.run(_asked(place, "remove", release, says=f"Removing the image of {release}"))

    def switch(self, server: Server, place: Place, release: str) -> None:
        """Start the release beside the one that serves; nginx's way leads to it once it is well."""
        server.run(_asked(place, "serve", release, says=f"Starting the container of {release}"))

    def journal(self, place: Place) -> str:
        """Return what the engine calls the site in the journal."""
        return f"--identifier={place.unit}"

    def since(self, place: Place) -> Command:
        """Return what asks the engine."""
        return _asked(place, "since", says="Asking since when the site serves")

    def parts(self, place: Place) -> list[Part]:
        """Return the engine and the container."""
        return [
            Part(
                "the container engine runs",
                errands.systemctl("is-active", "docker.service"),
                "On the machine: sudo systemctl start docker; sudo journalctl --unit=docker",
            ),
            Part(
                "the site's container runs", self.since(place), "fab deploy makes it anew; fab logs tells why it ended."
            ),
        ]


def _asked(place: Place, *arguments: str, says: str) -> Command:
    return Command((str(_program(place)), *arguments), says=says, sudo=True, timeout_s=PATIENCE_S)


def _program(place: Place) -> PurePosixPath:
    return PurePosixPath("/usr/local/sbin", place.unit)


def _state(place: Place) -> PurePosixPath:
    return PurePosixPath("/var/lib", place.unit)
