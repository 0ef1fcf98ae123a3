"""A site in a virtualenv, run by gunicorn behind a socket that systemd holds."""

import hashlib
from collections.abc import Collection, Iterator
from io import BytesIO
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from acceptance.wheelhouse import WheelsError, packed
from deploy.provision_operations import Host
from deploy.remote_files import extract, linked_names, move, names_in, remove, switch_link
from deploy.remote_programs import systemctl
from deploy.runtimes.base import Link
from deploy.site_layout import SiteLayout
from deploy.source import REQUIREMENTS, Code

WHICH_PYTHON = "import platform, sys; print('%d.%d' % sys.version_info[:2], platform.machine())"
VIRTUALENV = ".venv"
PIP_TIMEOUT_S = 600.0
# What serves is there for the interpreter that there is: 3 where either is not. All else is an error.
TRY = """import subprocess, sys
look = "import importlib.util, sys; sys.exit(0 if importlib.util.find_spec('gunicorn') else 3)"
try:
    sys.exit(subprocess.call([sys.argv[1], "-c", look]))
except FileNotFoundError:
    sys.exit(3)"""


class Virtualenv:
    """Implements Runtime. Releases that ask for the same requirements share a virtualenv, named by their hash."""

    packages: tuple[str, ...] = ("python3-venv", "python3-pip")
    manage = "manage"

    def mark(self, layout: SiteLayout) -> PurePosixPath:
        return PurePosixPath(f"/etc/systemd/system/{layout.unit}.socket")

    def socket(self, layout: SiteLayout) -> PurePosixPath:
        return PurePosixPath(f"/run/{layout.unit}.sock")

    def provision(self, host: Host, layout: SiteLayout) -> Iterator[str]:
        unit, changed = layout.unit, []
        serve = layout.library / "serve"
        host.root("install", "--directory", "--mode=755", str(serve.parent))
        yield from host.file(serve, layout.filled("serve"), mode="755")
        for kind in ("socket", "service"):
            path = PurePosixPath(f"/etc/systemd/system/{unit}.{kind}")
            names = {"socket": str(self.socket(layout)), "serve": str(serve), "nginx": host.nginx_account()}
            changed += list(host.file(path, layout.filled(f"gunicorn.{kind}", **names)))
        if changed:
            host.root("systemctl", "daemon-reload")
        yield from changed
        yield from host.unit(f"{unit}.socket", f"{unit}.service")

    def allowed(self, layout: SiteLayout) -> str:
        verbs = ("restart", "reset-failed")
        return "(root) NOPASSWD: " + ", ".join(f"/usr/bin/systemctl {verb} {_service(layout)}" for verb in verbs)

    def install(self, server: Server, layout: SiteLayout, code: Code) -> None:
        folder = layout.releases / code.commit
        version, machine = server.run(Command(("python3", "-c", WHICH_PYTHON), step="Asking for the Python")).split()
        content = f"{version} {machine} {code.requirements}"
        virtualenv = layout.virtualenvs / hashlib.sha256(content.encode()).hexdigest()[:12]
        if code.origin and _virtualenv_of(code.origin.server, code.origin.layout, code.commit) != virtualenv.name:
            other = code.origin.layout.site.name
            raise ServerError(
                f"{other} runs {code.commit} with another Python than this server's {version} on {machine}, "
                "so what passed there cannot run here. Let both servers have the same system"
            )
        if not _works(server, virtualenv):
            # It has its name once it is whole.
            new = virtualenv.with_name(f"{virtualenv.name}.new")
            venv = ("python3", "-m", "venv", "--without-pip", str(new))
            made = Command(venv, step="", timeout_s=PIP_TIMEOUT_S)
            server.run(remove(new, f"Making {virtualenv}").then(made))
            if code.origin:
                there, packages = code.origin.layout.releases / code.commit / VIRTUALENV, BytesIO()
                tar = ("tar", "--create", "--file=-", f"--directory={there}", "lib")
                step = f"Fetching the packages of {code.commit}"
                code.origin.server.fetch(Command(tar, step=step, timeout_s=PIP_TIMEOUT_S), packages)
                server.run(extract(packages.getvalue(), new))
            else:
                self._install_packages(server, layout, new, code, (version, machine))
            # One of this name has lost its interpreter.
            server.run(remove(virtualenv, f"Putting {virtualenv} in place").then(move(new, virtualenv)))
        server.run(switch_link(folder / VIRTUALENV, virtualenv))
        static = Command(("cp", "--recursive", f"{folder}/static", str(layout.coming)), step="")
        server.run(layout.manage("collectstatic", "--noinput", "--verbosity=0", release=code.commit).then(static))

    def _install_packages(
        self, server: Server, layout: SiteLayout, virtualenv: PurePosixPath, code: Code, python: tuple[str, str]
    ) -> None:
        """Install what the release asks for, of wheels that are gathered here."""
        version, machine = python
        try:
            archive = packed(version, code.requirements, machine)
        except WheelsError as error:
            raise ServerError(f"Gathering what {code.commit} needs: {error}") from error
        wheels, requirements = virtualenv / "wheels", layout.releases / code.commit / REQUIREMENTS
        server.run(Command(("mkdir", str(wheels)), step=f"Bringing {wheels}").then(extract(archive, wheels)))
        pip = ("python3", "-m", "pip", "--python", f"{virtualenv}/bin/python", "install", "--quiet", "--no-input")
        step = f"Installing what {requirements} asks for"
        sources = ("--no-index", f"--find-links={wheels}", "--require-hashes", f"--requirement={requirements}")
        server.run(Command((*pip, *sources), step=step, timeout_s=PIP_TIMEOUT_S).then(remove(wheels, "")))

    def checksums(self, server: Server, layout: SiteLayout, release: str) -> set[str]:
        """Return those of the release's files and of its packages', but for what each server makes of them itself."""
        find = ("env", f"--chdir={layout.releases / release}", "find", ".", f"{VIRTUALENV}/lib/")
        made = ("(", "-name", "__pycache__", "-o", "-path", "./static", "-o", "-name", "RECORD", ")", "-prune")
        argv = (*find, *made, "-o", "-type", "f", "-exec", "sha256sum", "{}", "+")
        step = f"Taking the checksums of {release} on {layout.site.name}"
        return set(server.run(Command(argv, step=step)).splitlines())

    def is_complete(self, server: Server, layout: SiteLayout, release: str) -> bool:
        """Tell whether the release's virtualenv works: an upgrade of the machine takes its Python away."""
        name = _virtualenv_of(server, layout, release)
        return bool(name) and _works(server, layout.virtualenvs / name)

    def remove_unused(self, server: Server, layout: SiteLayout, releases: Collection[str]) -> list[str]:
        find = ("find", str(layout.releases), "-maxdepth", "2", "-name", VIRTUALENV, "-printf", "%P %l\n")
        links = server.run(Command(find, step="Looking which virtualenvs are used")).splitlines()
        used = {PurePosixPath(link.split()[1]).name for link in links if link.split("/")[0] in releases}
        unused = [name for name in names_in(server, layout.virtualenvs) if name not in used]
        for name in unused:
            server.run(remove(layout.virtualenvs / name, f"Removing the virtualenv {name}"))
        return [f"the virtualenv {name}" for name in unused]

    def switch(self, server: Server, layout: SiteLayout, release: str) -> None:
        """Restart gunicorn, while new requests wait in the socket."""
        # systemd would not start again what has just failed a few times; what it does not know yet has not failed.
        server.check(systemctl("reset-failed", _service(layout)), no=1)
        server.run(systemctl("restart", _service(layout)))

    def journal(self, layout: SiteLayout) -> str:
        return f"--unit={_service(layout)}"

    def units(self, layout: SiteLayout) -> str:
        return _service(layout)

    def link(self, server: Server, layout: SiteLayout) -> Link:
        asked = systemctl("is-active", f"{layout.unit}.socket")
        return Link("systemd holds the site's socket", lambda: server.run(asked), "fab provision makes it.")


def _works(server: Server, virtualenv: PurePosixPath) -> bool:
    python = f"{virtualenv}/bin/python"
    return server.check(Command(("python3", "-c", TRY, python), step=f"Trying {python}"), no=3)


def _virtualenv_of(server: Server, layout: SiteLayout, release: str) -> str:
    return linked_names(server, layout.releases / release / VIRTUALENV)[0]


def _service(layout: SiteLayout) -> str:
    return f"{layout.unit}.service"
