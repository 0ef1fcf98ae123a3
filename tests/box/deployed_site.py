"""A box with the site on it, deployed from a scratch copy of the project."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server
from acceptance.targets.health_client import health
from deploy import deployment as deploying
from deploy.box import Box
from deploy.release import Releases
from deploy.site_layout import SiteLayout
from deploy.source import SENT, Code, committed
from features.project import ROOT

SQL = """import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for row in database.execute(sys.argv[2]):
    print(*row, sep="\\t")
database.commit()"""


class Checkout:
    """A clone of this project's last commit, in which a test may commit what it likes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        subprocess.run(["git", "clone", "--quiet", "--shared", str(ROOT), str(root)], check=True)
        self._git("config", "user.name", "A test")
        self._git("config", "user.email", "test@example.com")
        self._base = self._git("rev-parse", "HEAD")
        self.base = committed(root)

    def before(self) -> Code:
        """Return a release before the first commit: what the site was until something of it was changed last.

        A shallow clone does not know; there it is one that differs in a comment.
        """
        changes = self._git("log", "--max-count=2", "--format=%H", self._base, "--", *SENT).split()
        if len(changes) == 1:
            return self.commit({"superlists/marked.py": '"""The release before."""\n'})
        return self.at(changes[1])

    def at(self, commit: str) -> Code:
        """Return a release of before."""
        self._git("checkout", "--quiet", "--force", "--detach", commit)
        return committed(self.root)

    def commit(self, files: dict[str, str]) -> Code:
        """Return a commit upon the first in which these files read so."""
        self.restore()
        for name, content in files.items():
            (self.root / name).write_text(content)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message=A change")
        return committed(self.root)

    def replaced(self, name: str, old: str, new: str) -> Code:
        """Return a commit upon the first in which one file reads otherwise."""
        self.restore()
        text = (self.root / name).read_text()
        assert old in text, f"{name} no longer has: {old}"
        return self.commit({name: text.replace(old, new)})

    def restore(self) -> None:
        """Go back to the first commit."""
        self.at(self._base)

    def _git(self, *arguments: str) -> str:
        return subprocess.check_output(["git", "-C", str(self.root), *arguments], text=True).strip()


@dataclass
class DeployedSite:
    """A site on a box, and what deploys said."""

    box: Box
    site: Site
    sites: Path
    checkout: Checkout
    said: list[str] = field(default_factory=list)
    # What was said when its data moved to PostgreSQL.
    moved: list[str] = field(default_factory=list)

    @property
    def layout(self) -> SiteLayout:
        return SiteLayout(self.site)

    def deploy(self, code: Code | None = None, **options: Any) -> str:
        """Bring this commit, or the first one; return what was said."""
        self.said.clear()
        deploying.deploy(self.site, code or self.checkout.base, sites=self.sites, say=self.said.append, **options)
        return "\n".join(self.said)

    def run(self, *argv: str) -> str:
        """Run a command as the user who deploys."""
        with Server(self.site) as server:
            return server.run(Command(argv, step=argv[0]))

    def container(self, *argv: str) -> str:
        """Run the program for the site's containers, as the user who deploys may."""
        program = (f"--user={self.layout.account}", f"{self.layout.library}/container")
        return self.run("sudo", "--non-interactive", *program, *argv)

    def put(self, path: str, program: str) -> None:
        """Have root put a program on the box."""
        asked = self.box.ssh("sudo", "install", "--mode=755", "/dev/stdin", path)
        subprocess.run(asked, input=program, text=True, check=True, timeout=60)

    def manage(self, command: str, *arguments: str) -> str:
        with Server(self.site) as server:
            return server.run(self.layout.manage(command, *arguments))

    def sql(self, statement: str, database: str = "") -> list[str]:
        """Do this in the site's database, or in another file or copy; return the rows, tabs between their values."""
        if database.endswith(".dump"):
            self.run("createdb", "copy")
            try:
                self.run("pg_restore", "--no-owner", "--dbname=copy", database)
                return self.psql(statement, "dbname=copy host=/run/postgresql")
            finally:
                self.run("dropdb", "copy")
        if not database and self.site.database == "postgres":
            account = self.layout.account
            return self.psql(statement, f"dbname={account} host=/run/postgresql options=-crole={account}")
        return self.run("python3", "-c", SQL, database or str(self.layout.database), statement).splitlines()

    def psql(self, statement: str, database: str) -> list[str]:
        """Do this in a database of the server's PostgreSQL."""
        options = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--field-separator=\t")
        return self.run("psql", *options, f"--command={statement}", database).splitlines()

    def rows(self, database: str = "", table: str = "lists_item") -> int:
        """Return how many rows there are in a table of the site's database, or of another."""
        return int(self.sql(f"SELECT count(*) FROM {table}", database)[0])

    def behave(self, *arguments: str, sites: Path | None = None) -> "subprocess.CompletedProcess[str]":
        """Run behave on the site to its end, as this sites file or another describes it."""
        settings = ("-D", f"target={self.site.name}", "-D", f"sites={sites or self.sites}")
        return subprocess.run(
            [sys.executable, "-m", "behave", "--no-color", *settings, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
            stdin=subprocess.DEVNULL,
        )

    def without_ssh(self, folder: Path) -> Path:
        """Return a sites file that leads to no SSH."""
        path = folder / "sites.toml"
        path.write_text(self.sites.read_text().replace(f"port = {self.box.ssh_port}\n", "port = 9\n"))
        return path

    @property
    def previous(self) -> str:
        """What a rollback would lead to."""
        with Server(self.site) as server:
            return Releases(server, self.layout).links()[1]

    @property
    def release(self) -> str:
        """What the site itself says that it serves, as long as it is well."""
        said = health(self.site.base_url)
        assert said["healthy"], said
        return str(said["release"])
