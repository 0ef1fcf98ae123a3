"""A deploy from its beginning to its smoke run, and the way back when that fails."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from acceptance.sites import Site
from acceptance.ssh import LostConnectionError, Server, ServerError
from deploy import SITES, site_env, site_lock
from deploy.release import Releases
from deploy.site_data import SiteData
from deploy.site_layout import SiteLayout
from deploy.smoke import Say, SmokeError, failing, is_well, proof, serving, wait_until_healthy
from deploy.source import Code
from deploy.status import disk


class DeployError(Exception):
    """A deploy that did not succeed; says at which step, what serves now, and where the backup is."""


@dataclass(frozen=True)
class _Before:
    """What served before a deploy, and what a rollback would have led to."""

    release: str
    previous: str
    # Where the settings were that then took the place of this release's.
    coming_settings: PurePosixPath


def deploy(site: Site, code: Code, *, sites: Path = SITES, say: Say = print, mail_check: bool = True) -> None:
    """Bring this code to the site and prove it; raises DeployError, or ServerError before anything was changed.

    Without the check of mail, nobody asks the mail server whether it lets the site in.
    """
    if not (site.disposable or site.tls or site.plain_http):
        raise DeployError(
            f"{site.name} is a production site without HTTPS: its sessions and login links could be read on the way. "
            f'Nothing was done. Give it a certificate, tls = "letsencrypt" in [{site.name}], '
            f"or allow that by plain_http = true in [{site.name}]"
        )
    layout = SiteLayout(site)
    with Server(site, say=say) as server, site_lock.held(server, layout, f"deploying {code.commit}"):
        _Deployment(server, layout, code, sites, say).run("check_mail" if mail_check else "check")


def roll_back(site: Site, *, sites: Path = SITES, say: Say = print) -> None:
    """Let the release before serve again, with the settings it had; the data stays.

    Raises DeployError or ServerError.
    """
    layout = SiteLayout(site)
    with Server(site, say=say) as server, site_lock.held(server, layout, "rolling back"):
        releases = Releases(server, layout)
        now, before = releases.links()
        if not before:
            raise DeployError(f"There is no release of {site.name} before {now or 'the first'}.")
        settings = layout.environment_of(before)
        # Raises ServerError before anything is changed.
        kept = site_env.why_kept(server, layout, now, before)
        try:
            with proof(site, sites, say, again=True) as prove:
                if kept:
                    say(f"The settings stay as they are: {kept}")
                    site_env.forget(server, layout, now, before)
                else:
                    site_env.switch(server, layout, now, settings)
                releases.switch_to(before, now)
                prove(before)
        except (ServerError, SmokeError) as error:
            outcome = _gone_back(server, layout, _Before(now, before, settings), sites, say)
            raise DeployError(f"{error}\n{site.name} was not rolled back to {before}: {outcome}.") from error
        say(f"{site.name} serves {before} again")


def prune(site: Site, say: Say = print) -> None:
    """Remove all releases but the one that serves and the one before it, and what only they needed."""
    layout = SiteLayout(site)
    with Server(site) as server, site_lock.held(server, layout, "pruning"):
        for removed in Releases(server, layout).prune(all_old=True) or ["nothing: there was nothing old"]:
            say(f"Removed {removed}")
        site_env.discard(server, layout)
        say(f"The disk of {site.name} has {disk(server, layout)}")


def _gone_back(server: Server, layout: SiteLayout, before: _Before, sites: Path, say: Say) -> str:
    """Let what served before serve again with its settings, if there is any; return what became of that."""
    site = layout.site
    try:
        site_env.go_back(server, layout, before.release, before.coming_settings)
    except ServerError as error:
        return f"It was to go back to the settings before, and that failed too: {error}"
    try:
        if not before.release:
            return "There is no release before it to go back to"
        Releases(server, layout).go_back(before.release, before.previous)
        with proof(site, sites, say, again=True) as prove:
            prove(before.release)
    except (ServerError, SmokeError) as error:
        return f"It was to go back to {before.release}, and that failed too: {error}"
    return f"{before.release} serves again, and passes; the data entered since stays"


class _Deployment:
    """One deploy, under the site's lock."""

    def __init__(self, server: Server, layout: SiteLayout, code: Code, sites: Path, say: Say) -> None:
        self._server, self._layout, self._code = server, layout, code
        self._sites, self._say = sites, say
        self._site = layout.site
        self._releases, self._data = Releases(server, layout), SiteData(server, layout)
        self._before = self._what_serves()
        # A site that is down already is mended by a deploy, not kept from it.
        self._was_well = bool(self._before.release) and is_well(self._site, self._before.release)
        self._backup: PurePosixPath | None = None
        self._making = False

    def _what_serves(self) -> _Before:
        """Return it. A deploy that was cut off in its switch left `current` at what does not; that is undone."""
        (current, previous), coming = self._releases.links(), self._layout.next_environment
        if previous not in ("", current) and serving(self._site) == previous:
            self._releases.undo_switch(previous)
            return _Before(previous, "", coming)
        return _Before(current, previous, coming)

    def run(self, check: str) -> None:
        """Do all of it, with this command as the check before the switch; raises DeployError."""
        if self._before.release and not self._was_well:
            self._say(f"{self._before.release} is not well now; after the migration nobody looks whether it is")
        try:
            self._install(check)
            self._migrate()
            self._switch()
        except DeployError as error:
            # What cannot be reached any more may go on there.
            if not isinstance(error.__cause__, LostConnectionError):
                self._discard()
            raise
        self._prune()
        self._say(f"{self._site.name} serves {self._code.commit}{self._database_before()}")

    def _database_before(self) -> str:
        return f"; the database before is {self._backup}" if self._backup else ""

    def _install(self, check: str) -> None:
        """Make the release and the backup; what serves goes on serving."""
        server, layout = self._server, self._layout
        try:
            mail = site_env.mail_of() | site_env.send_mail_authority(server, layout)
            site_env.prepare(server, layout, site_env.settings_of(layout) | mail)
            self._making = True
            self._releases.make(self._code)
            if check != "check_mail":
                self._say("The mail server is not asked, by --without-mail-check: login mails may not go out")
            # Django does its system checks before any command; one by itself would be one more start of Django.
            server.run(layout.manage(check, release=self._code.commit))
            if backup := self._data.back_up(self._before.release):
                self._data.note(backup)
            self._backup = backup
        except (ServerError, SmokeError) as error:
            raise self._not_switched(error, "") from error

    def _discard(self) -> None:
        """Remove what was made in vain, which may be what fills the disk; that it cannot be is told, and no more."""
        try:
            if self._making:
                self._releases.discard(self._code.commit)
            site_env.discard(self._server, self._layout)
        except ServerError as error:
            self._say(f"What was made of {self._code.commit} is still there: {error}")

    def _migrate(self) -> None:
        """Migrate, and see that what served works on; what serves goes on serving."""
        try:
            self._data.migrate(self._code.commit, new=self._backup is None)
            if self._was_well:
                wait_until_healthy(self._site, self._before.release)
        except (ServerError, SmokeError) as error:
            raise self._not_switched(error, self._after_migration(error)) from error

    def _not_switched(self, error: Exception, database: str) -> DeployError:
        serving = f"{self._before.release} serves on" if self._before.release else "nothing serves yet"
        return DeployError(f"{error}\n{self._site.name} was not switched: {serving}{database}.")

    def _after_migration(self, error: Exception) -> str:
        """Return how a release that was well is on a database that a migration was begun on, and the way back."""
        site, outcome = self._site, ""
        if self._was_well and isinstance(error, SmokeError):
            outcome = f", and {failing(site)} on the database as it was migrated"
        elif self._was_well:
            try:
                wait_until_healthy(site, self._before.release)
                outcome = ", and is well on the database as the migration left it"
            except SmokeError as failure:
                outcome = f", and {failing(site)} on the database as the migration left it: {failure}"
        if isinstance(error, LostConnectionError):
            outcome += ". The migration may still be running there; the next deploy or restore waits until it is over"
        if self._backup:
            outcome += f" (fab restore {site.name} {self._backup.name} puts it back){self._database_before()}"
        return outcome

    def _switch(self) -> None:
        """Let the release serve, with its settings, and prove it; else let what served before serve again."""
        try:
            with proof(self._site, self._sites, self._say) as prove:
                site_env.switch(self._server, self._layout, self._before.release, self._layout.next_environment)
                self._releases.switch_to(self._code.commit, self._before.release)
                prove(self._code.commit)
        except (ServerError, SmokeError) as error:
            outcome = _gone_back(self._server, self._layout, self._before, self._sites, self._say)
            raise DeployError(f"{error}\n{outcome}{self._database_before()}.") from error

    def _prune(self) -> None:
        """Remove what is old. Not before: what a deploy that fails goes back to may be old."""
        try:
            for removed in self._releases.prune():
                self._say(f"Removed {removed}")
            for name in self._data.prune():
                self._say(f"Removed the backup {name}")
        except ServerError as error:
            serves = f"{self._site.name} serves {self._code.commit}"
            raise DeployError(
                f"{error}\n{serves}, and what is old was not removed{self._database_before()}."
            ) from error
