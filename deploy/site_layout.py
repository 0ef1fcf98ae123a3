"""Where things are on a site's machine, and how manage.py is run there."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from string import Template

from acceptance.remote_command import TIMEOUT_S, Command
from acceptance.sites import Site

TEMPLATES = Path(__file__).resolve().parent / "templates"
# Given up, they would end all the same, later, when nobody expects it any more.
WITHOUT_TIMEOUT = ("migrate", "migrate_disposable")
# Linux allows 32 characters for an account.
ACCOUNT_LENGTH = 32


class _Template(Template):
    """A template whose names are @{…}: nginx and the shell have the dollar for their own."""

    delimiter = "@"


@dataclass(frozen=True)
class SiteLayout:
    """One site's files, accounts and units on its server."""

    site: Site

    @property
    def user_home(self) -> PurePosixPath:
        """The home of the account that deploys: the last folder on the way down that this account cannot swap."""
        return PurePosixPath("/home", self.site.ssh.user)

    @property
    def home(self) -> PurePosixPath:
        """The site's folder: releases, the link to the current one, settings, data."""
        return self.user_home / "sites" / self.site.host

    @property
    def releases(self) -> PurePosixPath:
        """The folder with a folder for each release, named by its commit."""
        return self.home / "releases"

    @property
    def current(self) -> PurePosixPath:
        """The link to the release that serves."""
        return self.home / "current"

    @property
    def previous(self) -> PurePosixPath:
        """The link to the release that served before."""
        return self.home / "previous"

    @property
    def environment(self) -> PurePosixPath:
        """The file with the site's settings and secrets."""
        return self.home / ".env"

    @property
    def next_environment(self) -> PurePosixPath:
        """What .env is to be once the release that is made now serves."""
        return self.home / ".env.next"

    @property
    def environment_before(self) -> PurePosixPath:
        """What .env was before the last switch."""
        return self.home / ".env.before"

    @property
    def database(self) -> PurePosixPath:
        """The SQLite file; its lock is beside it."""
        return self.home / "db.sqlite3"

    @property
    def lock(self) -> PurePosixPath:
        """The lock that scenarios, deploys and restores share."""
        return self.home / "db.sqlite3.lock"

    @property
    def deploying_backup(self) -> PurePosixPath:
        """The link to the backup that the deploy now under way begins upon."""
        return self.home / "backup.deploying"

    @property
    def failed_backup(self) -> PurePosixPath:
        """The link to the backup that a failed deploy named last."""
        return self.home / "backup.failed"

    @property
    def virtualenvs(self) -> PurePosixPath:
        """The folder of virtualenvs, one for each set of requirements; releases lead to theirs."""
        return self.home / "virtualenvs"

    @property
    def certificates(self) -> PurePosixPath:
        """The folder with the site's certificate and its key, for root alone."""
        return PurePosixPath("/etc/superlists", self.unit)

    @property
    def turns(self) -> PurePosixPath:
        """The lock that each step of a deploy holds for itself, even when its connection is gone."""
        # Where no other account can open it: who can open a lock can hold it.
        return self.backups / ".turns.lock"

    @property
    def static(self) -> PurePosixPath:
        """The folder of static files, of all releases, that nginx serves."""
        return self.home / "static"

    @property
    def coming(self) -> PurePosixPath:
        """The folder of a coming release's static files, on the disk that has those served."""
        return self.static / ".coming"

    @property
    def backups(self) -> PurePosixPath:
        """The folder of copies of the database."""
        return self.home / "backups"

    @property
    def unit(self) -> str:
        """What the site's systemd units are called, without their kind."""
        return f"superlists-{self.site.host}"

    @property
    def account(self) -> str:
        """The site's own account, which gunicorn runs under."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.site.host.lower())
        name = f"site-{plain}"
        if len(name) <= ACCOUNT_LENGTH:
            return name
        return f"{name[: ACCOUNT_LENGTH - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    def manage(self, command: str, *arguments: str, release: str = "") -> Command:
        """Return a management command of the current release; or of a coming one, with its settings."""
        chosen = ("env", f"RELEASE=releases/{release}", f"SETTINGS={self.next_environment.name}") if release else ()
        timeout_s = None if command in WITHOUT_TIMEOUT else TIMEOUT_S
        argv = (*chosen, str(self.home / "manage"), command, *arguments)
        return Command(argv, step=f"Running manage.py {command}", timeout_s=timeout_s)

    def filled(self, template: str, **more: str) -> str:
        """Return a template with this place's names put in; raises KeyError for a name that nobody gives."""
        names = {
            "host": self.site.host,
            "origin": self.site.base_url,
            "home": str(self.home),
            "user_home": str(self.user_home),
            "unit": self.unit,
            "site_user": self.account,
            "deployer": self.site.ssh.user,
        }
        return _Template((TEMPLATES / template).read_text()).substitute(names | more)
