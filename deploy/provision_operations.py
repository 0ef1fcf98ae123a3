"""A site's server as provisioning sees it: what root changes there, each told only if something did change."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server
from deploy.remote_files import is_there, put_file
from deploy.remote_programs import systemctl

# Without a question; whoever else installs just now is waited for.
APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--option=DPkg::Lock::Timeout=120", "--quiet")
APT_TIMEOUT_S = 600.0
NGINX = "/etc/nginx/nginx.conf"
NGINX_USER = re.compile(r"^\s*user\s+([^\s;]+)", re.MULTILINE)


class Host:
    """The server, as somebody who may become root."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def file(self, path: PurePosixPath, content: str, *, mode: str = "644", account: str = "root") -> Iterator[str]:
        """Write a file unless it reads so already; as the account that it belongs to, which can swap its folder."""
        shown = Command(("cat", str(path)), step=f"Reading {path}", user=account)
        if not self.is_there(path, account=account) or self.server.run(shown) != content.strip():
            self.server.run(put_file(path, content, mode=mode).as_user(account))
            yield f"wrote {path}"

    def packages(self, *names: str) -> Iterator[str]:
        """Install those packages that are missing; raises ServerError rather than remove what is there."""
        # Of a package that was removed, its settings may be left, and with them its name.
        listed = ("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package}\\n")
        known = self.server.run(Command(listed, step="Looking for packages")).splitlines()
        missing = [name for name in names if f"installed {name}" not in known]
        if missing:
            together = ", ".join(missing)
            install = ("install", "--yes", "--no-install-recommends", "--no-remove", *missing)
            for step, arguments in {"Running apt-get update": ("update",), f"Installing {together}": install}.items():
                # What it would remove it says on one stream, and that it does not on the other.
                argv = ("sh", "-c", 'exec "$@" 2>&1', "sh", *APT, *arguments)
                self.server.run(Command(argv, step=step, sudo=True, timeout_s=APT_TIMEOUT_S))
            yield f"installed {together}"

    def account(self, name: str, purpose: str, *options: str) -> Iterator[str]:
        """Add an account unless it is there."""
        if not self.server.check(Command(("getent", "passwd", name), step=f"Looking for {name}"), no=2):
            self.root("useradd", *options, name)
            yield f"added the account {name}, which {purpose}"

    def unit(self, name: str, *others: str) -> Iterator[str]:
        """Start a unit, now and whenever the server starts; the `others` whenever the server starts."""
        if not self.server.check(systemctl("is-enabled", name), no=1):
            self.root("systemctl", "enable", name, *others)
            yield f"enabled {name}, which starts with the machine"
        self.server.run(systemctl("start", name))

    def nginx_account(self) -> str:
        """Return the account that nginx answers as: Debian's has another one than nginx.org's."""
        named = NGINX_USER.search(self.server.run(Command(("cat", NGINX), step=f"Reading {NGINX}")))
        return named[1] if named else "www-data"

    def root(self, *argv: str) -> None:
        """Have root run something."""
        self.server.run(Command(argv, step=f"Running {' '.join(argv[:2])}", sudo=True))

    def is_there(self, path: PurePosixPath, *, account: str = "root") -> bool:
        """Tell whether there is anything of this name, as root or another account sees it."""
        return is_there(self.server, path, account=account)
