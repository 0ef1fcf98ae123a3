"""From staging to production: the very release that passed there, to the byte, and no second build of its commit."""

import re
from io import BytesIO
from pathlib import Path

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server
from deploy import SITES
from deploy.deployment import DeployError, deploy
from deploy.remote_files import UNPACK_TIMEOUT_S, names_in
from deploy.site_layout import SiteLayout
from deploy.smoke import Say, SmokeError, proof, serving
from deploy.source import Code, Origin

# What a site says that it serves names folders on another server.
COMMIT = re.compile(r"[0-9a-f]{7,40}")
# What a server has made in a release's folder, and makes anew.
MADE_THERE = ("RELEASE", "static")


def promote(  # noqa: PLR0913 - each says one thing, by its name
    passed_on: Site,
    site: Site,
    *,
    release: str = "",
    force: bool = False,
    sites: Path = SITES,
    say: Say = print,
    mail_check: bool = True,
) -> None:
    """Bring the release that one site serves to another, once the smoke run passes there.

    With `release` it is refused unless it is that one; with `force` as well, any that is on the first site's server is
    brought, and nobody looks whether it passes there. Raises DeployError, or ServerError.
    """
    if passed_on.name == site.name:
        raise DeployError(f"{site.name} cannot be promoted to itself: name two sites, such as staging production.")
    if passed_on.runtime != site.runtime:
        raise DeployError(
            f"{passed_on.name} runs by {passed_on.runtime}, and {site.name} by {site.runtime}: "
            "what passed there cannot run here. Give both the same runtime. Nothing was done."
        )
    layout = SiteLayout(passed_on)
    with Server(passed_on, say=say) as server:
        commit = _forced(server, layout, release, say) if force else _passed(passed_on, release, sites, say)
        code = Code(commit, _archive(server, layout, commit), Origin(server, layout))
        deploy(site, code, sites=sites, say=say, mail_check=mail_check)


def _passed(site: Site, release: str, sites: Path, say: Say) -> str:
    """Return the release that the site serves, once its smoke run has passed; raises DeployError."""
    serves = serving(site)
    refused = f"Nothing was promoted from {site.name}"
    if not serves:
        raise DeployError(f"{site.name} does not answer. {refused}.")
    if not COMMIT.fullmatch(serves):
        raise DeployError(f"{site.name} says that it serves {serves!r}, which is no commit. {refused}.")
    if not _is(serves, release):
        raise DeployError(
            f"{site.name} serves {serves}, and not {release}: only what it serves can pass there. {refused}. "
            f"Deploy it there; or bring it all the same, by --release={release} --force"
        )
    try:
        with proof(site, sites, say) as prove:
            prove(serves)
    except SmokeError as error:
        raise DeployError(f"{error}\n{serves} does not pass on {site.name}. {refused}.") from error
    if (now := serving(site)) != serves:
        raise DeployError(f"{site.name} serves {now or 'nothing'} since, and no longer {serves}. {refused}.")
    return serves


def _forced(server: Server, layout: SiteLayout, release: str, say: Say) -> str:
    """Return the release of this name that the server has; raises DeployError unless it is one."""
    there = names_in(server, layout.releases)
    found = [name for name in there if release and COMMIT.fullmatch(name) and _is(name, release)]
    if len(found) != 1:
        allowed = f"--release=COMMIT with one of those on {layout.site.name}: {', '.join(there)}"
        raise DeployError(
            f"--force needs exactly one release, and {release!r} matches {len(found)}; allowed: {allowed}."
        )
    say(f"By force: nobody looks whether {found[0]} passes on {layout.site.name}")
    return found[0]


def _is(name: str, release: str) -> bool:
    """Tell whether a release is meant, by some of its commit's digits or by all."""
    return name.startswith(release) or release.startswith(name)


def _archive(server: Server, layout: SiteLayout, release: str) -> bytes:
    """Return the release's files as they came, as a tar archive; no hidden ones, so no settings."""
    folder, archive = layout.releases / release, BytesIO()
    names = [name for name in names_in(server, folder) if name not in MADE_THERE]
    tar = ("tar", "--create", "--file=-", f"--directory={folder}", "--exclude=__pycache__")
    step = f"Fetching {release} from {layout.site.name}"
    server.fetch(Command((*tar, "--", *names), step=step, timeout_s=UNPACK_TIMEOUT_S), archive)
    return archive.getvalue()
