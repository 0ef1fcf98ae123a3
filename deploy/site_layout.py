"""Where a site's files, accounts and units are on its server, and how manage.py is run there."""

import hashlib
import re
from pathlib import Path, PurePosixPath
from string import Template

from acceptance.remote_command import TIMEOUT_S, Command
from acceptance.sites import Site

TEMPLATES = Path(__file__).resolve().parent / "templates"
# Given up, they would end all the same, later, when nobody expects it any more.
WITHOUT_TIMEOUT = ("migrate", "migrate_disposable", "dumpdata", "loaddata")
# Linux allows 32 characters for an account.
ACCOUNT_LENGTH = 32


class _Template(Template):
    """A template whose names are @{…}: nginx and the shell have the dollar for their own."""

    delimiter = "@"


class SiteLayout:
    """One site's files, accounts and units on its server."""

    def __init__(self, site: Site, home: PurePosixPath | None = None) -> None:
        """Say where all is; `home` is the site's folder, where it is another than usual."""
        self.site = site
        # The home of the account that deploys: the last folder on the way down that this account cannot swap.
        self.user_home = PurePosixPath("/home", site.ssh.user)
        self.home = home or self.user_home / "sites" / site.host
        # A folder for each release, named by its commit; links to the one that serves, and to the one before it.
        self.releases = self.home / "releases"
        self.current = self.home / "current"
        self.previous = self.home / "previous"
        # One for each set of requirements; releases lead to theirs.
        self.virtualenvs = self.home / "virtualenvs"
        # The site's settings and secrets; and what they are to be once the coming release serves.
        self.environment = self.home / ".env"
        self.next_environment = self.home / ".env.next"
        # The SQLite file, what SQLite puts beside it, and the lock that scenarios, deploys and restores share: in a
        # folder that the site's account writes to, as to `mail` and to nothing else here.
        self.database = self.home / "database" / "db.sqlite3"
        self.lock = self.database.with_name("db.sqlite3.lock")
        # Copies of the database; links to the one that this deploy begins upon, and to the one a failed deploy named.
        self.backups = self.home / "backups"
        self.deploying_backup = self.home / "backup.deploying"
        self.failed_backup = self.home / "backup.failed"
        # The lock that each step of a deploy holds for itself, even when its connection is gone. It lies where no
        # other account can open it: who can open a lock can hold it.
        self.turns = self.backups / ".turns.lock"
        # The static files of all releases, that nginx serves; and on the same disk those of a coming one.
        self.static = self.home / "static"
        self.coming = self.static / ".coming"
        # What the site's systemd units are called, without their kind.
        self.unit = f"superlists-{site.host}"
        # What nginx is told of the site.
        self.nginx = PurePosixPath("/etc/nginx/sites-available", self.unit)
        # What an issuer of certificates is shown on port 80, in a folder of root's.
        self.challenges = PurePosixPath("/var/lib", f"{self.unit}-challenges")
        # Root's own programs that run the site; and, in a folder of root's, its images and its containers' sockets.
        self.library = PurePosixPath("/usr/local/lib", self.unit)
        self.state = PurePosixPath("/var/lib/superlists", self.unit)

    @property
    def account(self) -> str:
        """The site's own account, which gunicorn runs under."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.site.host.lower())
        name = f"site-{plain}"
        if len(name) <= ACCOUNT_LENGTH:
            return name
        return f"{name[: ACCOUNT_LENGTH - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def environment_of(self, release: str) -> PurePosixPath:
        """Return where the settings are kept that a release had until another took its place."""
        return self.home / f".env.{release or 'provisioned'}"

    def manage(self, command: str, *arguments: str, release: str = "") -> Command:
        """Return a management command of the current release; or of a coming one, with its settings."""
        chosen = ("env", f"RELEASE=releases/{release}", f"SETTINGS={self.next_environment.name}") if release else ()
        timeout_s = None if command in WITHOUT_TIMEOUT else TIMEOUT_S
        argv = (*chosen, str(self.home / "manage"), command, *arguments)
        return Command(argv, step=f"Running manage.py {command}", timeout_s=timeout_s)

    def filled(self, template: str, **more: str) -> str:
        """Return a template with the site's names put in; raises KeyError for a name that nobody gives."""
        names = {
            "host": self.site.host,
            "origin": self.site.base_url,
            "home": str(self.home),
            "user_home": str(self.user_home),
            "unit": self.unit,
            "site_user": self.account,
            "deployer": self.site.ssh.user,
            "library": str(self.library),
            "state": str(self.state),
        }
        return _Template((TEMPLATES / template).read_text()).substitute(names | more)
