"""From an empty Debian server to one that waits for its first deploy. Safe to repeat."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from acceptance import ssh_keys as keys
from acceptance.remote_command import Command
from acceptance.sites import Site, SitesError
from acceptance.ssh import Server
from deploy import remote_commands as errands
from deploy import site_env as env
from deploy.host import Machine
from deploy.runtimes import another_of, runtime_of
from deploy.site_layout import Place

MAKE_FOLDERS = Path(__file__).resolve().parent / "remote" / "make_folders.py"
PACKAGES = ("nginx-light", "python3", "sudo")


def provision(site: Site) -> list[str]:
    """Make the machine ready for the site; return what was changed. Raises ServerError, SitesError."""
    _read(site)
    with Server(site, user=site.ssh.admin) as server:
        return list(_Provision(server, Place(site)).changes())


class _Provision:
    """One go at one machine."""

    def __init__(self, server: Server, place: Place) -> None:
        self._machine = Machine(server)
        self._runtime = runtime_of(place.site)
        self._place = place
        self._deployer = place.site.ssh.user

    def changes(self) -> Iterator[str]:
        """Do what is missing, in order; what would change the environment comes before all that matters."""
        self._refuse_another_runtime()
        yield from self._packages()
        yield from self._accounts()
        yield from self._folders()
        yield from self._settings()
        yield from self._runtime.provision(self._machine, self._place)
        yield from self._sudoers()
        yield from self._nginx()

    def _refuse_another_runtime(self) -> None:
        site = self._place.site
        if other := another_of(site, self._machine, self._place):
            raise SitesError(
                f"{site.name}.runtime: is {site.runtime!r}, and the site was provisioned with {other!r}. "
                f"Nothing was done. Another runtime needs a fresh machine."
            )

    def _packages(self) -> Iterator[str]:
        missing = [
            name
            for name in (*PACKAGES, *self._runtime.packages)
            if not self._machine.server.tells(errands.find_package(name), no=1)
        ]
        if missing:
            self._machine.run(errands.refresh_packages(), errands.install_packages(missing))
            yield f"installed {', '.join(missing)}"

    def _accounts(self) -> Iterator[str]:
        if not self._machine.server.tells(errands.find_account(self._deployer), no=2):
            self._machine.root("useradd", "--create-home", "--shell=/bin/bash", self._deployer)
            yield f"added the account {self._deployer}, which deploys"
        if not self._machine.server.tells(errands.find_account(self._place.account), no=2):
            self._machine.run(errands.add_account(self._place.account, self._place.home))
            yield f"added the account {self._place.account}, which serves"
        # Both write to the database; who deploys reads the log.
        self._machine.root("usermod", "--append", f"--groups={self._place.account},systemd-journal", self._deployer)

    def _folders(self) -> Iterator[str]:
        """Make what is below the home of who deploys: as that account, for it can swap each folder there for a link."""
        place, deployer = self._place, self._deployer
        owner = (f"--owner={deployer}", f"--group={deployer}")
        # Passable, so that nginx comes to the static files; readable to the two accounts only.
        self._machine.root("install", "--directory", "--mode=711", *owner, str(place.user_home))
        # Sticky: who serves puts files beside the database, and takes nothing of who deploys away, such as `manage`.
        shared = [(place.home, "3771"), (place.releases, "2755"), (place.static, "2755"), (place.backups, "700")]
        folders = [(place.home.parent, "711", deployer)]
        folders += [(path, mode, place.account) for path, mode in [*shared, (place.home / "mail", "2770")]]
        folders.append((self._authorized_keys.parent, "700", deployer))
        files = [place.home / "manage", self._authorized_keys]
        made = Command(
            ("python3", "-c", MAKE_FOLDERS.read_text()),
            says=f"Making the folders in {place.user_home}",
            user=deployer,
            stdin=json.dumps([folders, files], default=str),
        )
        for path in self._machine.server.run(made).splitlines():
            yield f"made {path}"
        public = f"{keys.authorized(place.site.ssh.key)} {deployer}\n"
        yield from self._machine.file(self._authorized_keys, public, mode="600", account=deployer)

    @property
    def _authorized_keys(self) -> PurePosixPath:
        return self._place.user_home / ".ssh" / "authorized_keys"

    def _settings(self) -> Iterator[str]:
        changed = env.update(self._machine.server, self._place, env.settings_of(self._place), user=self._deployer)
        if changed:
            yield f"set {', '.join(changed)} in {self._place.environment}"
        manage = self._place.filled(self._runtime.manage)
        yield from self._machine.file(self._place.home / "manage", manage, mode="755", account=self._deployer)

    def _sudoers(self) -> Iterator[str]:
        # sudo reads no file whose name has a dot.
        path = PurePosixPath("/etc/sudoers.d", self._place.unit.replace(".", "-"))
        changed = list(
            self._machine.file(
                path, self._place.filled("sudoers", allowed=self._runtime.allowed(self._place)), mode="440"
            )
        )
        self._machine.root("visudo", "--check", "--quiet", f"--file={path}")
        yield from changed

    def _nginx(self) -> Iterator[str]:
        available = PurePosixPath("/etc/nginx/sites-available", self._place.unit)
        enabled = PurePosixPath("/etc/nginx/sites-enabled", self._place.unit)
        changed = [*self._certificate(), *self._machine.file(available, nginx_of(self._place))]
        if not self._machine.is_there(enabled):
            self._machine.root("ln", "--symbolic", str(available), str(enabled))
            changed.append(f"enabled {available}")
        self._machine.root("nginx", "-t", "-q")
        if not self._machine.server.tells(errands.systemctl("is-enabled", "nginx.service"), no=1):
            self._machine.root("systemctl", "enable", "nginx.service")
            changed.append("enabled nginx, which starts with the machine")
        self._machine.run(errands.systemctl("start", "nginx.service"))
        if changed:
            self._machine.run(errands.systemctl("reload", "nginx.service"))
        yield from changed

    def _certificate(self) -> Iterator[str]:
        tls, folder = self._place.site.tls, self._place.certificates
        if tls:
            self._machine.root("install", "--directory", "--mode=700", str(folder))
            yield from self._machine.file(folder / "fullchain.pem", tls.certificate.read_text(), mode="600")
            yield from self._machine.file(folder / "privkey.pem", tls.key.read_text(), mode="600")


def nginx_of(place: Place) -> str:
    """Return nginx's configuration of the site; with a certificate, plain HTTP only leads to HTTPS."""
    socket = str(runtime_of(place.site).socket(place))
    if not place.site.tls:
        return place.filled("nginx.conf", socket=socket, redirect="", listen="80", tls="")
    certificate = f"ssl_certificate {place.certificates}/fullchain.pem;"
    key = f"ssl_certificate_key {place.certificates}/privkey.pem;"
    return place.filled(
        "nginx.conf",
        socket=socket,
        redirect=place.filled("nginx-redirect.conf"),
        listen="443 ssl",
        tls=f"{certificate}\n    {key}\n    ssl_protocols TLSv1.2 TLSv1.3;",
    )


def _read(site: Site) -> None:
    """Raise SitesError unless there is somebody who may become root, and the files of the certificate are there."""
    if not site.ssh.admin:
        raise SitesError(
            f"{site.name}.ssh.admin: is missing; provisioning needs the account that may become root by sudo. "
            f"It is not {site.ssh.user}: who deploys may restart the site, and nothing else"
        )
    missing = [str(path) for path in (site.tls.certificate, site.tls.key) if not path.is_file()] if site.tls else []
    if missing:
        raise SitesError(f"{site.name}.tls: there is no file {' and no '.join(missing)}")
