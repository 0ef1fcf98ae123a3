"""Move a site's data from its SQLite file to PostgreSQL, and count the rows of each table on both sides."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.sites import Site, SitesError
from acceptance.ssh import Server, ServerError
from deploy import site_env, site_lock
from deploy.backups import new_backup
from deploy.release import Releases
from deploy.remote_files import remove
from deploy.remote_programs import program
from deploy.site_database import database_of, sqlite
from deploy.site_layout import SiteLayout
from deploy.smoke import SmokeError, wait_until_healthy

# What migrating fills by itself, on either side.
UNCOUNTED = {"django_migrations", "django_content_type", "auth_permission"}
DUMP = ("--natural-foreign", "--exclude=contenttypes", "--exclude=auth.permission", "--format=jsonl")
TABLES_THERE = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
TABLES_HERE = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


def move_to_postgres(site: Site, say: Callable[[str], None] = print) -> None:
    """Bring the data to the PostgreSQL that was provisioned, and let the site serve from there.

    Raises SitesError where the sites file does not say so; ServerError, for which the site goes on with its file unless
    it says otherwise. While rows are copied, people read, and whoever writes is refused.
    """
    layout = SiteLayout(site)
    if not database_of(layout).locked_by:
        raise SitesError(
            f'{site.name}.database: is {site.database}. Set it to "postgres", and run fab provision {site.name} first'
        )
    with Server(site, say=say) as server, site_lock.held(server, layout, "moving its data to PostgreSQL"):
        _Move(server, layout, say).run()


class _Move:
    """One move, under the site's lock."""

    def __init__(self, server: Server, layout: SiteLayout, say: Callable[[str], None]) -> None:
        self._server, self._layout, self._say = server, layout, say
        self._file, self._there = sqlite(layout), database_of(layout)
        self._releases = Releases(server, layout)
        self._release = self._releases.current()
        # Where nobody writes but who deploys: the site's own account could exchange them.
        self._rows = layout.backups / ".moving.jsonl"

    def run(self) -> None:
        """Do all of it; raises ServerError."""
        server, layout, site = self._server, self._layout, self._layout.site
        if not self._release:
            raise ServerError(
                f"{site.name} was never deployed, so there is nothing to move. "
                f"rm {layout.environment} there, and fab provision {site.name} has it begin with PostgreSQL"
            )
        settings = self._there.first_settings() | {"DJANGO_DB_PATH": ""}
        site_env.prepare(server, layout, settings, led_to=self._file.led_to)
        try:
            self._make()
            server.run(self._file.program("freeze", step="Refusing whatever writes to the file", timeout_s=None))
            copy = self._copy()
            counts = self._bring()
            site_env.switch(server, layout, self._release, layout.next_environment)
        except BaseException as error:
            # Also of Ctrl-C: a file that stays frozen takes nothing that people enter.
            outcome = self._gone_back()
            if isinstance(error, ServerError):
                raise ServerError(f"{error}\n{outcome}") from error
            self._say(outcome)
            raise
        try:
            self._releases.switch_to(self._release, self._release)
            wait_until_healthy(site, self._release)
        except (ServerError, SmokeError) as error:
            way_back = f"docs/deploying.md has the way back, with {copy.name}"
            raise ServerError(
                f"{error}\nAll rows are in PostgreSQL, but the site is not well on it; {way_back}"
            ) from error
        for table, rows in sorted(counts.items()):
            self._say(f"{table}: {rows} rows on both sides")
        self._say(f"{site.name} serves from PostgreSQL. Its file stays, and takes no rows any more; a copy is {copy}")

    def _gone_back(self) -> str:
        """Let the site go on with its file; return what became of that."""
        try:
            site_env.go_back(self._server, self._layout, self._release, self._layout.next_environment)
            self._server.run(self._file.program("thaw", step="Letting the file be written again"))
            self._server.run(remove(self._rows, "Removing the copied rows"))
        except ServerError as error:
            return f"Going back failed as well, so the site may refuse new entries until this command succeeds: {error}"
        user, database = self._layout.site.ssh.user, self._layout.account
        return (
            f"{self._layout.site.name} goes on with its file. Before you try again, remove what this attempt left in "
            f"PostgreSQL: run `dropdb {database}` as {user} on the server; fab provision makes the database anew"
        )

    def _make(self) -> None:
        """Make the tables; raises ServerError where some hold rows already, or another site's do."""
        if self._in_new("look").endswith("empty"):
            self._in_new("make")
        self._server.run(self._layout.manage("migrate", "--noinput", release=self._release))
        if held := self._counted(self._in_new, TABLES_THERE):
            raise ServerError(f"PostgreSQL holds rows already, in {', '.join(sorted(held))}")

    def _copy(self) -> PurePosixPath:
        """Return a copy of the file, which can be restored."""
        copy = new_backup(self._layout, "manual", self._file)
        self._server.run(self._file.program("copy", copy, step=f"Backing up the file to {copy}", timeout_s=None))
        self._server.run(program(self._file.remote, "thaw", str(copy), step="Letting the copy be written"))
        return copy

    def _bring(self) -> dict[str, int]:
        """Copy the rows, and return how many each table has; raises ServerError where the two sides differ."""
        manage = self._layout.manage
        self._server.run(self._with_rows('exec "$@" > "$0"', manage("dumpdata", *DUMP)))
        loaded = manage("loaddata", "--format=jsonl", "-", release=self._release)
        self._server.run(self._with_rows('exec "$@" < "$0"', loaded))
        self._server.run(remove(self._rows, "Removing the copied rows"))
        here, there = self._counted(self._in_file, TABLES_HERE), self._counted(self._in_new, TABLES_THERE)
        if differing := [table for table in here | there if here.get(table) != there.get(table)]:
            told = ", ".join(f"{table} {here.get(table, 0)} and {there.get(table, 0)}" for table in sorted(differing))
            raise ServerError(f"Rows in the file and in PostgreSQL differ: {told}")
        return here

    def _with_rows(self, script: str, command: Command) -> Command:
        """Return a command that a shell of this account connects with the file of rows."""
        return replace(command, argv=("sh", "-c", script, str(self._rows), *command.argv))

    def _counted(self, ask: Callable[..., str], tables: str) -> dict[str, int]:
        """Return the number of rows of each table that has some."""
        _, *names = ask("query", tables).splitlines()
        each = (f"""SELECT '{name}', count(*) FROM "{name}\"""" for name in names if name not in UNCOUNTED)  # noqa: S608
        _, *lines = ask("query", " UNION ALL ".join(each)).splitlines()
        counts = dict(line.split("\t") for line in lines)
        return {table: int(rows) for table, rows in counts.items() if rows != "0"}

    def _in_file(self, action: str, sql: str = "") -> str:
        return self._server.run(self._file.program(action, step="Counting the rows of the file", stdin=sql))

    def _in_new(self, action: str, sql: str = "") -> str:
        env = str(self._layout.next_environment)
        return self._server.run(program(self._there.remote, action, env, step="Looking into PostgreSQL", stdin=sql))
