"""A site in a container for each release, by Podman without root: the next one is healthy before it serves.

Two systemd units, a and b, each run a container as the site's own account. Who deploys may do anything as that account,
which runs the code that they bring in any case, and have root start and stop these two units: nothing else.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO

from acceptance.docker_client import EngineError
from acceptance.remote_command import Command
from acceptance.ssh import LostConnectionError, Server, ServerError
from deploy.provision_operations import Host
from deploy.release_image import NAME, STATIC, release_image, write_layout
from deploy.remote_files import extract, linked_names, put_file, remove, switch_link
from deploy.remote_programs import program, systemctl
from deploy.runtimes.base import Link
from deploy.site_layout import SiteLayout
from deploy.source import Code

SLOTS = ("a", "b")
HEALTHY_WITHIN_S, SENT_WITHIN_S, LOG_LINES = 30, 900.0, 20
LAYERS = "{{range .RootFS.Layers}}{{println .}}{{end}}"
UNNAMED = "<none>"
MB = 1_000_000


class Container:
    """Implements Runtime."""

    # Of the two programs that Podman can run containers with, crun alone lets systemd have their control group.
    packages: tuple[str, ...] = ("podman", "crun")
    manage = "manage-container"

    def mark(self, layout: SiteLayout) -> PurePosixPath:
        return PurePosixPath(f"/etc/systemd/system/{layout.unit}@.service")

    def socket(self, layout: SiteLayout) -> PurePosixPath:
        return layout.state / "slots" / "current.sock"

    def provision(self, host: Host, layout: SiteLayout) -> Iterator[str]:
        folder = ("install", "--directory")
        host.root(*folder, "--mode=755", str(layout.library), str(layout.state.parent), str(layout.state))
        # Each in a folder that only root can swap. nginx comes to the sockets, and nobody else.
        for name, mode, group in (
            ("podman", "700", layout.account),
            ("slots", "755", layout.account),
            ("sockets", "2750", host.nginx_account()),
        ):
            owner = (f"--owner={layout.account}", f"--group={group}")
            host.root(*folder, f"--mode={mode}", *owner, str(layout.state / name))
        yield from host.file(layout.library / "container", layout.filled("container", images=NAME), mode="755")
        # Where Podman has what is over when the machine restarts.
        runtime = PurePosixPath(f"/etc/tmpfiles.d/{layout.unit}.conf")
        if changed := list(host.file(runtime, f"d /run/{layout.unit} 0700 {layout.account} {layout.account}\n")):
            host.root("systemd-tmpfiles", "--create", str(runtime))
        namespace = self.mark(layout).with_name(f"{layout.unit}-namespace.service")
        units = [*host.file(namespace, layout.filled("container-namespace.service"))]
        if units := [*units, *host.file(self.mark(layout), layout.filled("container.service"))]:
            host.root("systemctl", "daemon-reload")
        yield from (*changed, *units)
        yield from host.unit(namespace.name)
        for slot in SLOTS:
            if not host.server.check(systemctl("is-enabled", _unit(layout, slot)), no=1):
                host.server.run(systemctl("enable", _unit(layout, slot)))
                yield f"enabled {_unit(layout, slot)}"

    def allowed(self, layout: SiteLayout) -> str:
        verbs = [f"/usr/bin/systemctl {verb} {_unit(layout, slot)}" for verb in ("restart", "stop") for slot in SLOTS]
        return f"({layout.account}) NOPASSWD: ALL, (root) NOPASSWD: {', '.join(verbs)}"

    def install(self, server: Server, layout: SiteLayout, code: Code) -> None:
        """Build the image here, and send what the machine lacks of it, and its static files."""
        images = server.run(_container(layout, "image", "ls", "--quiet", step="Asking which images are there")).split()
        asked = ("image", "inspect", f"--format={LAYERS}", *images)
        layers = server.run(_container(layout, *asked, step="Asking which layers are there")) if images else ""
        bring = _fetched if code.origin else release_image
        try:
            with bring(code, set(layers.split())) as (image, size, static):
                load = _container(layout, "load", code.commit, step=f"Sending the image, {size / MB:.1f} MB")
                server.run(replace(load, stdin=image, timeout_s=SENT_WITHIN_S))
        except EngineError as error:
            raise ServerError(f"Building the image of {code.commit} here: {error}") from error
        made = Command(("mkdir", str(layout.coming)), step="Bringing static files")
        server.run(made.then(extract(static, layout.coming)))

    def checksums(self, server: Server, layout: SiteLayout, release: str) -> set[str]:
        """Return the image's digest, which is that of all its layers."""
        asked = ("image", "inspect", "--format={{.Id}}", f"{NAME}:{release}")
        step = f"Asking for the image of {release} on {layout.site.name}"
        return {server.run(_container(layout, *asked, step=step))}

    def is_complete(self, server: Server, layout: SiteLayout, release: str) -> bool:
        """Tell whether the image is on the machine: somebody may have cleared what no container uses."""
        asked = ("image", "exists", f"{NAME}:{release}")
        return server.check(_container(layout, *asked, step=f"Looking for the image of {release}"), no=1)

    def remove_unused(self, server: Server, layout: SiteLayout, releases: Collection[str]) -> list[str]:
        """Remove the images of other releases, and those that lost their name to a newer one."""
        asked = ("image", "ls", "--noheading", "--format={{.Tag}}", NAME)
        tags = server.run(_container(layout, *asked, step="Listing the images")).split()
        unused = [tag for tag in tags if tag not in releases and tag != UNNAMED]
        for tag in unused:
            server.run(_container(layout, "image", "rm", f"{NAME}:{tag}", step=f"Removing the image of {tag}"))
        unnamed = _container(layout, "image", "prune", "--force", step="Removing images without a name")
        return [f"the image {name}" for name in (*unused, *server.run(unnamed).split())]

    def switch(self, server: Server, layout: SiteLayout, release: str) -> None:
        """Start the release beside the one that serves; nginx's way leads to it once it is healthy."""
        if not self.is_complete(server, layout, release):
            raise ServerError(f"The image of {release} is not on this machine any more; fab deploy of it sends it")
        link = self.socket(layout)
        serving = linked_names(server, link)[0].removesuffix(".sock")
        coming = next(slot for slot in SLOTS if slot != serving)
        try:
            server.run(put_file(layout.state / "slots" / coming, f"{release}\n").as_user(layout.account))
            server.run(systemctl("restart", _unit(layout, coming)))
            _await_health(server, layout, coming, release)
        except LostConnectionError:
            raise
        except ServerError:
            # What was wrong is told; that it cannot be cleared away as well is for the next deploy.
            with suppress(ServerError):
                _end(server, layout, coming)
            raise
        server.run(switch_link(link, layout.state / "sockets" / f"{coming}.sock").as_user(layout.account))
        if serving:
            # Whoever came to it before is served before this: then nobody waits there any more.
            server.check(_health(layout, serving, within_s=0), no=1)
            _end(server, layout, serving)

    def journal(self, layout: SiteLayout) -> str:
        """Return what both units call themselves in the journal."""
        return f"--identifier={layout.unit}"

    def units(self, layout: SiteLayout) -> str:
        """Return both; systemd knows nothing of one that rests."""
        return f"{layout.unit}@*.service"

    def link(self, server: Server, layout: SiteLayout) -> Link:
        asked = systemctl("is-active", self.units(layout))
        else_do = "fab deploy makes it anew; fab logs tells why it ended."
        return Link("the site's container runs", lambda: server.run(asked), else_do)


@contextmanager
def _fetched(code: Code, known: Collection[str]) -> Iterator[tuple[IO[bytes], int, bytes]]:
    """Yield the image as another site's server has it, in the way of release_image."""
    if not code.origin:
        raise ValueError(code.commit)
    origin, name = code.origin, f"{NAME}:{code.commit}"
    step = f"Fetching the image of {code.commit} from {origin.layout.site.name}"
    save = _container(origin.layout, "save", "--format=docker-archive", name, step=step)
    apart = ("--rm", "--user=0:0", "--network=none", "--cgroups=disabled", "--log-driver=none")
    tar = ("run", *apart, name, "tar", "--create", f"--directory={STATIC}", ".")
    with TemporaryFile() as saved, TemporaryFile() as layout:
        origin.server.fetch(replace(save, timeout_s=SENT_WITHIN_S), saved)
        write_layout(saved, known, layout)
        size, static = layout.tell(), BytesIO()
        layout.seek(0)
        files = _container(origin.layout, *tar, step="Fetching its static files")
        origin.server.fetch(replace(files, timeout_s=SENT_WITHIN_S), static)
        yield layout, size, static.getvalue()


def _await_health(server: Server, layout: SiteLayout, slot: str, release: str) -> None:
    try:
        server.run(_health(layout, slot, within_s=HEALTHY_WITHIN_S))
    except LostConnectionError:
        raise
    except ServerError as error:
        shown = (f"--unit={_unit(layout, slot)}", f"--lines={LOG_LINES}", "--output=cat", "--no-pager", "--quiet")
        log = server.run(Command(("journalctl", *shown), step=f"Reading what {release} logged"))
        raise ServerError(f"{error}\nIts log ends with:\n{log}") from error


def _health(layout: SiteLayout, slot: str, *, within_s: float) -> Command:
    socket = layout.state / "sockets" / f"{slot}.sock"
    step = f"Waiting for the container {slot} to be healthy"
    return program("await_health", str(socket), _unit(layout, slot), str(within_s), step=step, user=layout.account)


def _end(server: Server, layout: SiteLayout, slot: str) -> None:
    """Stop a container, and let it rest when the server restarts."""
    retiring = remove(layout.state / "slots" / slot, f"Retiring the container {slot}")
    server.run(retiring.as_user(layout.account))
    server.run(systemctl("stop", _unit(layout, slot)))


def _container(layout: SiteLayout, *arguments: str, step: str) -> Command:
    return Command((str(layout.library / "container"), *arguments), step=step, user=layout.account)


def _unit(layout: SiteLayout, slot: str) -> str:
    return f"{layout.unit}@{slot}.service"
