"""Where a site has its data, and which program works on it there. This is the one place of choice."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from acceptance.remote_command import Command
from acceptance.sites import SitesError
from acceptance.ssh import ServerError
from deploy.provision_operations import Host
from deploy.remote.update_env import POSTGRES, UNWANTED
from deploy.remote_programs import program
from deploy.site_layout import SiteLayout

DATABASE_URL = "DATABASE_URL"
SCHEMES = ("postgres://", "postgresql://")
# Debian's PostgreSQL on the same machine, by its socket.
HERE = "postgresql://%2Frun%2Fpostgresql/"
# What roles bear that provisioning made.
MARK = "superlists: made by provisioning"
THERE = """
SELECT 'role', rolname, coalesce(shobj_description(oid, 'pg_authid'), '') FROM pg_roles
WHERE rolname IN (:'site', :'deployer')
UNION ALL SELECT 'database', datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname = :'site'
"""
ROLE = """BEGIN; CREATE ROLE :"name" LOGIN {}; COMMENT ON ROLE :"name" IS :'mark'; COMMIT"""
DATABASE = """CREATE DATABASE :"site" OWNER :"site" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"""
# Who deploys works as the site's role, and nobody else comes in; after a restore that was killed, nobody at all would.
RIGHTS = """
GRANT :"site" TO :"deployer"; REVOKE ALL ON DATABASE :"site" FROM PUBLIC;
ALTER DATABASE :"site" CONNECTION LIMIT -1"""


@dataclass(frozen=True)
class SiteDatabase:
    """A site's data, on its server or where that reaches it."""

    # The program of deploy/remote/ that does each action, and by what it finds the database: its file, or .env.
    remote: str
    address: str
    # What the names of backups end with.
    suffix: str
    # Where .env has to lead, what it says of that, and what it says from the beginning and is never told again.
    led_to: str
    settings: dict[str, str]
    first_settings: Callable[[], dict[str, str]]
    # For messages: where to look if the database does not answer, and if a site that served has no data any more.
    advice: str
    if_gone: str
    provision: Callable[[Host], Iterator[str]]
    # The .env of a database that has a lock within.
    locked_by: tuple[str, ...] = ()

    def program(self, action: str, *arguments: object, step: str, **options: Any) -> Command:
        """Return the command that does something with the database; every program takes the same arguments."""
        return program(self.remote, action, self.address, *map(str, arguments), step=step, **options)


def database_of(layout: SiteLayout) -> SiteDatabase:
    """Return where this site has its data, as the sites file says."""
    return KINDS[layout.site.database](layout)


def sqlite(layout: SiteLayout) -> SiteDatabase:
    """Return a file beside the site; the first deploy makes it."""
    path = str(layout.database)
    return SiteDatabase(
        remote="database",
        address=path,
        suffix="sqlite3",
        led_to=path,
        settings={"DJANGO_DB_PATH": path},
        first_settings=dict,
        advice="Is the disk full?",
        if_gone=(
            "Is its disk mounted? Nothing was made in its place. "
            f"If that data is gone for good, run there, as {layout.site.ssh.user}: "
            f"rm --force {path} {path}-wal {path}-shm && install --mode=660 /dev/null {path}"
        ),
        provision=lambda _: iter(()),
    )


def postgres(layout: SiteLayout) -> SiteDatabase:
    """Return a database in PostgreSQL: Debian's on the same machine, or another by the caller's DATABASE_URL."""
    site, env = layout.account, str(layout.environment)
    return SiteDatabase(
        remote="postgres_database",
        address=env,
        suffix="dump",
        led_to=POSTGRES,
        settings={},
        # Both accounts log in as what they are to the system; what either makes is the site's.
        first_settings=lambda: {DATABASE_URL: named() or f"{HERE}{site}?options=-crole%3D{site}"},
        advice="On the machine: pg_lsclusters; sudo systemctl restart postgresql. Or is DATABASE_URL in .env wrong?",
        if_gone=f"Does DATABASE_URL in {env} lead to the right one? If that data is gone for good:",
        provision=lambda host: _provision(host, layout),
        locked_by=(env,),
    )


def named() -> str:
    """Return the PostgreSQL elsewhere that the caller's environment names, if it does; raises ServerError."""
    url = os.environ.get(DATABASE_URL, "")
    try:
        # A password with a slash in it would be taken for host and port.
        parts = urlsplit(url)
        # Of two @, Django takes the last for the end of the password, and PostgreSQL's own programs the first.
        fit = not url or (url.startswith(SCHEMES) and parts.port != 0 and parts.netloc.count("@") <= 1)
        fit = fit and not UNWANTED & set(url)
    except ValueError:
        fit = False
    if not fit:
        # The value stays out of the message: it may hold a password.
        raise ServerError(
            f"{DATABASE_URL} has to be such as postgresql://USER:PASSWORD@HOST/NAME, special characters as %XX"
        )
    return url


def _provision(host: Host, layout: SiteLayout) -> Iterator[str]:
    """Install what the programs need, and make PostgreSQL, roles and database unless they are elsewhere."""
    site, deployer = layout.account, layout.site.ssh.user
    other = ("grep", "--quiet", "--perl-regexp", f"^{DATABASE_URL}='(?!{HERE})", str(layout.environment))
    if named() or host.server.check(Command(other, step="Looking for DATABASE_URL", user=deployer), no=1):
        yield from host.packages("postgresql-client", "python3-psycopg")
        return
    yield from host.packages("postgresql", "python3-psycopg")
    yield from host.unit("postgresql.service")

    def sql(statement: str, name: str = "") -> str:
        variables = {"site": site, "deployer": deployer, "name": name, "mark": MARK, "ON_ERROR_STOP": "1"}
        options = (f"--set={key}={value}" for key, value in variables.items())
        psql = ("env", "--chdir=/", "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", *options)
        return host.server.run(Command(psql, step="Asking PostgreSQL", user="postgres", stdin=f"{statement};"))

    there = [line.split("|") for line in sql(THERE).splitlines()]
    for kind, name, whose in there:
        if whose != (MARK if kind == "role" else site):
            raise SitesError(
                f"{layout.site.name}.database: PostgreSQL on the server has a {kind} {name} that provisioning did not "
                "make. It was left as it is, and no database was made. Rename it, or drop it"
            )
    names = {(kind, name) for kind, name, _ in there}
    for name, may in ((site, ""), (deployer, "CREATEDB")):
        if ("role", name) not in names:
            sql(ROLE.format(may), name)
            yield f"added the role {name} to PostgreSQL"
    if ("database", site) not in names:
        sql(DATABASE)
        yield f"made the database {site}"
    sql(RIGHTS)


KINDS = {"sqlite": sqlite, "postgres": postgres}
