"""A site in a virtualenv for each release, run by gunicorn behind a socket that systemd holds."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from acceptance.wheels import REQUIREMENTS, WheelsError, packed
from deploy import remote_commands as errands
from deploy.host import Machine
from deploy.runtimes.base import Part
from deploy.site_layout import Place
from deploy.source import Code

WHICH = "import platform, sys; print('%d.%d' % sys.version_info[:2], platform.machine())"


class Virtualenv:
    """Implements Runtime."""

    packages: tuple[str, ...] = ("python3-venv", "python3-pip")
    manage = "manage"

    def mark(self, place: Place) -> PurePosixPath:
        """Return the unit of the socket."""
        return PurePosixPath(f"/etc/systemd/system/{place.unit}.socket")

    def socket(self, place: Place) -> PurePosixPath:
        """Return the socket that systemd holds."""
        return PurePosixPath(f"/run/{place.unit}.sock")

    def provision(self, machine: Machine, place: Place) -> Iterator[str]:
        """Write the units and what they start, and have systemd hold the socket."""
        unit, changed = place.unit, []
        serve = PurePosixPath(f"/usr/local/lib/{unit}/serve")
        machine.root("install", "--directory", "--mode=755", str(serve.parent))
        yield from machine.file(serve, place.filled("serve"), mode="755")
        for kind in ("socket", "service"):
            path = PurePosixPath(f"/etc/systemd/system/{unit}.{kind}")
            names = {"socket": str(self.socket(place)), "serve": str(serve)}
            changed += list(machine.file(path, place.filled(f"gunicorn.{kind}", **names)))
        if changed:
            machine.run(errands.reload_units())
        yield from changed
        if not machine.server.tells(errands.systemctl("is-enabled", f"{unit}.socket"), no=1):
            machine.root("systemctl", "enable", f"{unit}.service", f"{unit}.socket")
            yield f"enabled {unit}.socket"
        machine.run(errands.systemctl("start", f"{unit}.socket"))

    def allowed(self, place: Place) -> str:
        """Return the verbs for this site's unit alone."""
        verbs = ("restart", "reset-failed")
        return ", ".join(f"/usr/bin/systemctl {verb} {_service(place)}" for verb in verbs)

    def install(self, server: Server, place: Place, code: Code) -> None:
        """Make the release's virtualenv and its static files."""
        folder = place.releases / code.commit
        _run(server, "mv", f"{folder}/{GUNICORN}", f"{folder}/gunicorn.conf.py", says="Placing gunicorn's settings")
        python, machine = server.run(Command(("python3", "-c", WHICH), says="Asking for the server's Python")).split()
        try:
            archive = packed(python, code.requirements, machine)
        except WheelsError as error:
            raise ServerError(f"Gathering what {code.commit} needs: {error}") from error
        wheels = folder / ".wheels"
        server.run(errands.make_folder(wheels))
        server.run(errands.extract(archive, wheels))
        server.run(errands.make_venv(folder / ".venv"))
        server.run(errands.pip_install(folder / ".venv", folder / "superlists" / REQUIREMENTS.name, wheels))
        _run(server, "rm", "--recursive", "--", str(wheels), says="Clearing the wheels")
        server.run(place.manage("collectstatic", "--noinput", "--verbosity=0", release=code.commit))
        _run(server, "cp", "--recursive", f"{folder}/static", str(place.coming), says="Bringing static files")

    def is_complete(self, server: Server, place: Place, release: str) -> bool:
        """Tell that nothing is missing: all of a release is in its folder."""
        return True

    def remove(self, server: Server, place: Place, release: str) -> None:
        """Do nothing: all of a release is in its folder."""

    def switch(self, server: Server, place: Place, release: str) -> None:
        """Restart gunicorn, while new requests wait in the socket."""
        # systemd would not start again what has just failed a few times; what it does not know yet has not failed.
        server.tells(errands.systemctl("reset-failed", _service(place)), no=1)
        server.run(errands.systemctl("restart", _service(place)))

    def journal(self, place: Place) -> str:
        """Return the unit."""
        return f"--unit={_service(place)}"

    def since(self, place: Place) -> Command:
        """Return what asks systemd."""
        asked = ("systemctl", "show", "--property=ActiveEnterTimestamp", "--value", _service(place))
        return Command(asked, says="Asking since when the site serves")

    def parts(self, place: Place) -> list[Part]:
        """Return the socket and the service."""
        return [
            Part(
                "systemd holds the site's socket",
                errands.systemctl("is-active", f"{place.unit}.socket"),
                "fab provision makes it.",
            )
        ]


GUNICORN = "deploy/gunicorn.conf.py"


def _service(place: Place) -> str:
    return f"{place.unit}.service"


def _run(server: Server, *argv: str, says: str) -> None:
    server.run(Command(argv, says=says))
