"""From a new Debian or Ubuntu server to one that waits for its first deploy. Safe to repeat."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from acceptance import ssh_identity
from acceptance.remote_command import Command
from acceptance.sites import Site, SitesError
from acceptance.ssh import Server
from deploy import backups, certificate, site_env, sudo
from deploy.provision_operations import Host
from deploy.remote_programs import program, systemctl
from deploy.runtimes import RUNTIMES, runtime_of
from deploy.site_database import database_of
from deploy.site_layout import SiteLayout

IPV6 = PurePosixPath("/proc/net/if_inet6")
PACKAGES = ("nginx", "python3", "sudo")
# What is done once a day, and how that reads.
DAILY = {"clear-expired": "clearing of what has expired on", "backup": "backup of"}


def provision(site: Site) -> list[str]:
    """Make the server ready for the site; return what was changed. Raises ServerError, SitesError."""
    if not site.ssh.admin:
        raise SitesError(
            f"{site.name}.ssh.admin: is missing; provisioning needs root, or an account with sudo. "
            f"It is not {site.ssh.user}: who deploys may restart the site, and nothing else"
        )
    with Server(site, user=site.ssh.admin) as server:
        sudo.prepare(server)
        return list(_Provision(server, SiteLayout(site)).changes())


class _Provision:
    """One run on one server."""

    def __init__(self, server: Server, layout: SiteLayout) -> None:
        self._host = Host(server)
        self._runtime = runtime_of(layout.site)
        self._layout = layout
        self._deployer = layout.site.ssh.user
        self._issuer = bool(layout.site.tls and layout.site.tls.issuer)

    def changes(self) -> Iterator[str]:
        """Do what is missing, in order; what would change the environment comes before all that matters."""
        self._refuse_another_runtime()
        yield from self._host.packages(
            *PACKAGES,
            *self._runtime.packages,
            *(certificate.PACKAGES if self._issuer else ()),
            *(backups.PACKAGES if self._layout.site.backups else ()),
        )
        # Before anything that the site would be told of: an order that fails leaves it with what it had.
        yield from self._certificate()
        yield from self._accounts()
        yield from self._folders()
        yield from self._settings()
        yield from database_of(self._layout).provision(self._host)
        yield from self._runtime.provision(self._host, self._layout)
        yield from backups.provision(self._host, self._layout)
        yield from self._timers()
        yield from self._sudoers()
        yield from self._nginx()

    def _refuse_another_runtime(self) -> None:
        site = self._layout.site
        for name, runtime in RUNTIMES.items():
            if runtime is not self._runtime and self._host.is_there(runtime.mark(self._layout)):
                raise SitesError(
                    f"{site.name}.runtime: is {site.runtime!r}, and the site was provisioned with {name!r}. "
                    f"Nothing was done. Another runtime needs a fresh machine."
                )

    def _accounts(self) -> Iterator[str]:
        host, site_user = self._host, self._layout.account
        nobody = ("--system", "--user-group", f"--home-dir={self._layout.home}", "--shell=/usr/sbin/nologin")
        yield from host.account(self._deployer, "deploys", "--create-home", "--shell=/bin/bash")
        yield from host.account(site_user, "serves", *nobody)
        # Both write to the database; who deploys reads the log.
        host.root("usermod", "--append", f"--groups={site_user},systemd-journal", self._deployer)

    def _folders(self) -> Iterator[str]:
        """Make what is below the home of who deploys: as that account, for it can swap each folder there for a link."""
        layout, deployer = self._layout, self._deployer
        # Passable, so that nginx comes to the static files; readable to the two accounts only.
        owner = (f"--owner={deployer}", f"--group={deployer}")
        self._host.root("install", "--directory", "--mode=711", *owner, str(layout.user_home))
        # Who serves writes to two of them, and takes nothing of who deploys away, such as `manage`. Neither is sticky:
        # there the kernel keeps either account from the files that SQLite made for the other (fs.protected_regular).
        shared = [(layout.home, "2751"), (layout.releases, "2755"), (layout.virtualenvs, "2755")]
        shared += [(layout.static, "2755"), (layout.backups, "700")]
        shared += [(layout.database.parent, "2770"), (layout.home / "mail", "2770")]
        authorized_keys = layout.user_home / ".ssh" / "authorized_keys"
        own = [(layout.home.parent, "711", deployer), (authorized_keys.parent, "700", deployer)]
        folders = [own[0], *((path, mode, layout.account) for path, mode in shared), own[1]]
        files = [layout.home / "manage", authorized_keys]
        made = program(
            "make_folders",
            step=f"Making the folders in {layout.user_home}",
            user=deployer,
            stdin=json.dumps([folders, files], default=str),
        )
        for path in self._host.server.run(made).splitlines():
            yield f"made {path}"
        yield from self._host.file(authorized_keys, self._keys(authorized_keys), mode="600", account=deployer)

    def _keys(self, path: PurePosixPath) -> str:
        """Return whom the file lets in: the keys that the sites file names, and those that others have put there."""
        site, deployer = self._layout.site, self._deployer
        shown = Command(("cat", str(path)), step=f"Reading {path}", user=deployer)
        there = self._host.server.run(shown) if self._host.is_there(path, account=deployer) else ""
        mark = f" superlists:{site.host}"
        others = [line for line in there.splitlines() if not line.endswith(mark)]
        absent = site.ssh.agent and not site.ssh.key.exists()
        own = [] if absent else [ssh_identity.authorized_keys_line(site.ssh.key)]
        if not (named := dict.fromkeys([*own, *site.ssh.keys])):
            raise SitesError(f"{site.name}.ssh.keys: names nobody, and {site.ssh.key} is not here: nobody could deploy")
        return "".join(f"{line}\n" for line in [*others, *(f"{key}{mark}" for key in named)])

    def _settings(self) -> Iterator[str]:
        layout, deployer = self._layout, self._deployer
        changed = site_env.update(self._host.server, layout, site_env.settings_of(layout), user=deployer)
        if changed:
            yield f"set {', '.join(changed)} in {layout.environment}"
        manage = layout.filled(self._runtime.manage)
        yield from self._host.file(layout.home / "manage", manage, mode="755", account=deployer)

    def _timers(self) -> Iterator[str]:
        changed: list[str] = []
        for name, purpose in DAILY.items():
            unit = PurePosixPath(f"/etc/systemd/system/{self._layout.unit}-{name}")
            service = self._layout.filled(f"{name}.service", backups=str(self._layout.backups))
            changed += self._host.file(unit.with_name(f"{unit.name}.service"), service)
            timer = self._layout.filled("daily.timer", purpose=purpose)
            changed += self._host.file(unit.with_name(f"{unit.name}.timer"), timer)
        if changed:
            self._host.root("systemctl", "daemon-reload")
        yield from changed
        for name in DAILY:
            yield from self._host.unit(f"{self._layout.unit}-{name}.timer")

    def _sudoers(self) -> Iterator[str]:
        # sudo reads no file whose name has a dot.
        path = PurePosixPath("/etc/sudoers.d", self._layout.unit.replace(".", "-"))
        allowed = self._layout.filled("sudoers", allowed=self._runtime.allowed(self._layout))
        changed = list(self._host.file(path, allowed, mode="440"))
        self._host.root("visudo", "--check", "--quiet", f"--file={path}")
        yield from changed

    def _certificate(self) -> Iterator[str]:
        host, layout = self._host, self._layout
        host.root("install", "--directory", "--mode=755", str(layout.challenges))
        host.root("install", "--directory", "--mode=755", str(layout.challenges / certificate.CHALLENGE))
        if self._issuer:
            if not host.is_there(layout.nginx):
                # Plain HTTP, until there is a certificate.
                yield from self._nginx(tls=False)
            yield from certificate.order(host, layout)
            yield from host.unit("certbot.timer")
        elif layout.site.tls:
            certificate.require_files(host, layout)

    def _nginx(self, *, tls: bool = True) -> Iterator[str]:
        host, available = self._host, self._layout.nginx
        enabled = PurePosixPath("/etc/nginx/sites-enabled", available.name)
        if not host.is_there(enabled.parent):
            # nginx.org's own packages have neither folder.
            host.root("install", "--directory", "--mode=755", str(available.parent))
            enabled = PurePosixPath("/etc/nginx/conf.d", f"{available.name}.conf")
        text = nginx_of(self._layout, tls=tls and self._layout.site.tls is not None, six=host.is_there(IPV6))
        changed = list(host.file(available, text))
        if not host.is_there(enabled):
            host.root("ln", "--symbolic", str(available), str(enabled))
            changed.append(f"enabled {available}")
        host.root("nginx", "-t", "-q")
        changed += host.unit("nginx.service")
        if changed:
            host.server.run(systemctl("reload", "nginx.service"))
        yield from changed


def nginx_of(layout: SiteLayout, *, tls: bool, six: bool) -> str:
    """Return nginx's configuration of the site, on addresses of IPv6 too; with `tls`, plain HTTP leads to HTTPS."""
    socket = str(runtime_of(layout.site).socket(layout))
    challenges = layout.filled("nginx-challenges.conf", challenges=str(layout.challenges))
    plain = _listen(80, six=six)
    if not tls:
        return layout.filled("nginx.conf", socket=socket, redirect="", listen=plain, tls=challenges)
    file, key = certificate.files_of(layout)
    return layout.filled(
        "nginx.conf",
        socket=socket,
        redirect=layout.filled("nginx-redirect.conf", listen=plain, challenges=challenges),
        listen=_listen(443, six=six, suffix=" ssl"),
        tls=f"ssl_certificate {file};\n    ssl_certificate_key {key};\n    ssl_protocols TLSv1.2 TLSv1.3;",
    )


def _listen(port: int, *, six: bool, suffix: str = "") -> str:
    return "\n    ".join(f"listen {at}{port}{suffix};" for at in (("", "[::]:") if six else ("",)))
