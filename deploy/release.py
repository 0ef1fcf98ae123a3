"""The releases of a site: each made beside the one that serves, which goes on serving until the switch."""

from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from deploy.remote_files import extract, is_there, linked_names, names_in, remove, switch_link
from deploy.runtimes import runtime_of
from deploy.site_layout import SiteLayout
from deploy.source import Code

KEPT = 5
# Whatever runs gunicorn finds its settings beside manage.py.
GUNICORN = r"--transform=s,^deploy/gunicorn\.conf\.py$,gunicorn.conf.py,"


class Releases:
    """The releases of one site."""

    def __init__(self, server: Server, layout: SiteLayout) -> None:
        self._server = server
        self._layout = layout
        self._runtime = runtime_of(layout.site)

    def links(self) -> list[str]:
        """Return the names of the release that serves and of the one that served before; empty where there is none."""
        return linked_names(self._server, self._layout.current, self._layout.previous)

    def current(self) -> str:
        """Return the name of the release that serves; empty before the first deploy."""
        return self.links()[0]

    def make(self, code: Code) -> None:
        """Put the code in place, ready to run, and publish its static files.

        Raises ServerError, also where it is not the same, to the byte, as at the origin that it is brought from.
        """
        self._clear_static()
        self._make(code)
        if code.origin:
            there = self._runtime.checksums(code.origin.server, code.origin.layout, code.commit)
            if differing := sorted(self._runtime.checksums(self._server, self._layout, code.commit) ^ there):
                raise ServerError(
                    f"{code.commit} is not the same here as on {code.origin.layout.site.name}: it was built for each, "
                    f"or somebody changed one. Deploy a new commit there, and promote that. Differing: {differing[:4]}"
                )

    def _make(self, code: Code) -> None:
        folder = self._layout.releases / code.commit
        # What an earlier try left half-made is made anew; one that serves, or is the way back, is left alone.
        if code.commit in self.links():
            if not self._runtime.is_complete(self._server, self._layout, code.commit):
                self._install(code)
            return
        made = Command(("mkdir", str(folder)), step="")
        self._server.run(remove(folder, f"Making {folder}").then(made, extract(code.archive, folder, GUNICORN)))
        self._server.run(Command(("tee", f"{folder}/RELEASE"), step="Naming the release", stdin=f"{code.commit}\n"))
        self._install(code)

    def discard(self, name: str) -> None:
        """Remove a release that was made in vain, unless it is the one that serves or the one before it."""
        if name not in self.links():
            self._withdraw_static()
            self._remove(name)
        self._clear_static()

    def _remove(self, *names: str) -> list[str]:
        """Remove these releases, and what no other needs; return all that was removed."""
        others = set(names_in(self._server, self._layout.releases)) - set(names)
        unused = self._runtime.remove_unused(self._server, self._layout, others)
        # The folder last: by it the next deploy finds what could not be removed.
        for name in names:
            settings, folder = self._layout.environment_of(name), self._layout.releases / name
            self._server.run(remove(settings, f"Removing the release {name}").then(remove(folder, "")))
        return [*(f"the release {name}" for name in names), *unused]

    def _install(self, code: Code) -> None:
        """Have the runtime make the release ready, and publish its static files."""
        self._runtime.install(self._server, self._layout, code)
        # The site's own files are for its two accounts; these are for nginx.
        coming = str(self._layout.coming)
        opened = Command(("chmod", "--recursive", "a+rX", coming), step="Publishing static files")
        # Beside those of earlier releases, whose pages may still be open somewhere. Links: each file comes whole, or
        # half of one that a full disk left would stay for ever under a name that tells what is in it.
        linked = ("cp", "--recursive", "--link", "--no-clobber", f"{coming}/.", str(self._layout.static))
        self._server.run(opened.then(Command(linked, step="")))

    def _withdraw_static(self) -> None:
        """Remove the static files that were published last: they are second names of the coming ones, and newer."""
        static, coming = str(self._layout.static), str(self._layout.coming)
        if is_there(self._server, self._layout.coming):
            published = ("-type", "f", "-links", "+1", "-cnewer", coming)
            vain = ("(", *published, "-o", "-type", "d", "-empty", ")", "-delete")
            others = ("-mindepth", "1", "-not", "-path", f"{coming}*")
            find = ("find", static, *others, *vain)
            self._server.run(Command(find, step="Withdrawing static files"))

    def _clear_static(self) -> None:
        self._server.run(remove(self._layout.coming, "Clearing the coming static files"))

    def switch_to(self, name: str, leaving: str) -> None:
        """Let this release serve in place of another, if there is one, without losing a request."""
        if leaving and leaving != name:
            self._point(self._layout.previous, leaving)
        self._point(self._layout.current, name)
        self._runtime.switch(self._server, self._layout, name)

    def go_back(self, name: str, previous: str) -> None:
        """Let the release before serve again, as if there had been no switch: a rollback leads to the one before it."""
        self.undo_switch(name, previous)
        self._runtime.switch(self._server, self._layout, name)

    def undo_switch(self, serving: str, previous: str = "") -> None:
        """Let `current` lead to what serves: nobody restarted the site. What served before that may not be known."""
        self._point(self._layout.current, serving)
        if previous:
            self._point(self._layout.previous, previous)
        else:
            self._server.run(remove(self._layout.previous, "Forgetting the release before"))

    def _point(self, link: PurePosixPath, name: str) -> None:
        self._server.run(switch_link(link, self._layout.releases / name))

    def prune(self, *, all_old: bool = False) -> list[str]:
        """Remove releases of long ago, or all old ones, and what no other needs; return what was removed.

        The one that serves and the one before it stay.
        """
        self._clear_static()
        in_use = self.links()
        names = names_in(self._server, self._layout.releases)
        old = [name for name in names[0 if all_old else KEPT :] if name not in in_use]
        return self._remove(*old) if old or all_old else []
