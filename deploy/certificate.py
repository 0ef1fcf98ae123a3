"""A site's certificate: where its files are on the server, and how the server orders it from an issuer (ACME).

The issuer asks the site's own host for a file on port 80 (HTTP-01). certbot, of Debian's, orders and renews.
"""

import secrets
from collections.abc import Iterator
from pathlib import PurePosixPath

from acceptance.remote_command import Command
from acceptance.sites import LETS_ENCRYPT, Site, SitesError, addresses
from acceptance.ssh import ServerError
from deploy.provision_operations import Host
from deploy.remote_files import put_file, remove
from deploy.site_layout import SiteLayout

PACKAGES = ("certbot", "curl")
DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory"
# Below the folder of challenges, and in the address alike.
CHALLENGE = ".well-known/acme-challenge"
ETC = PurePosixPath("/etc/letsencrypt")
# certbot keeps it with the certificate, and runs it after each renewal.
RELOAD = "systemctl reload nginx.service"
LOOK_LIMIT_S, ORDER_LIMIT_S = 10, 300.0


def files_of(layout: SiteLayout) -> tuple[PurePosixPath, PurePosixPath]:
    """Return the certificate and its private key, as root of the server finds them; raises ValueError without tls."""
    tls = layout.site.tls
    if tls and tls.certificate and tls.key:
        return tls.certificate, tls.key
    if tls and tls.issuer:
        live = ETC / "live" / layout.unit
        return live / "fullchain.pem", live / "privkey.pem"
    raise ValueError(layout.site.name)


def require_files(host: Host, layout: SiteLayout) -> None:
    """Raise SitesError unless the files that the sites file names are on the server, and root alone can change them."""
    files = files_of(layout)
    missing = [str(path) for path in files if not host.is_there(path)]
    if missing:
        raise SitesError(f"{layout.site.name}.tls: on the server, there is no {' and no '.join(missing)}")
    for path in files:
        # All that is passed on the way down, also by links.
        step = f"Looking who can change {path}"
        listed = host.server.run(Command(("namei", "--modes", "--owners", str(path)), step=step, sudo=True))
        if others := _changed_by_others(listed):
            raise SitesError(
                f"{layout.site.name}.tls: another account than root can change {path}, which root reads, "
                f"at this on its way: {others}. Put it where all folders are root's, such as /etc/ssl"
            )


def _changed_by_others(listed: str) -> str:
    """Return the first line of what namei lists that another account than root can change; nothing if there is none."""
    for line in listed.splitlines()[1:]:
        mode, owner, group, name = line.split(maxsplit=3)
        shared = mode[8] == "w" or (mode[5] == "w" and group != "root")
        # A link itself is changed by way of its folder alone.
        if mode[0] != "l" and (owner != "root" or shared):
            return f"{name} ({mode} {owner} {group})"
    return ""


def order(host: Host, layout: SiteLayout) -> Iterator[str]:
    """Order the certificate unless this issuer's is there; nginx serves the challenges already.

    Raises SitesError where the host does not lead to this server, ServerError where the order fails.
    """
    site, tls = layout.site, layout.site.tls
    if not tls:
        return
    renewal = ETC / "renewal" / f"{layout.unit}.conf"
    directory = DIRECTORY if tls.issuer == LETS_ENCRYPT else tls.issuer
    # Whether a folder has something cannot be told of one that is not there.
    ordered = all(host.is_there(path) for path in (ETC, renewal.parent, renewal))
    if ordered and f"\nserver = {directory}\n" in f"{_read(host, renewal)}\n":
        return
    _require_own_host(host, layout)
    account = [f"--email={tls.email}"] if tls.email else ["--register-unsafely-without-email"]
    asked = (
        *("certbot", "certonly", "--non-interactive", "--agree-tos", *account),
        *("--server", directory),
        *("--webroot", "--webroot-path", str(layout.challenges)),
        *("--domain", site.host, "--cert-name", layout.unit, "--deploy-hook", RELOAD),
        # Another issuer's is still valid, and stays in use until this one is there.
        *(["--force-renewal"] if ordered else []),
    )
    host.server.run(Command(asked, step=f"Ordering the certificate of {site.host}", sudo=True, timeout_s=ORDER_LIMIT_S))
    yield f"ordered the certificate of {site.host} from {tls.issuer}"


def _read(host: Host, path: PurePosixPath) -> str:
    return host.server.run(Command(("cat", str(path)), step=f"Reading {path}", sudo=True))


def _require_own_host(host: Host, layout: SiteLayout) -> None:
    """Raise SitesError unless each address of the host leads to this server: the issuer may ask any of them."""
    site, name = layout.site, secrets.token_urlsafe(16)
    try:
        found = addresses(site.host)
    except OSError as error:
        raise ServerError(f"{site.host} cannot be looked up now ({error}); no certificate was ordered") from error
    if not found:
        raise SitesError(f"{site.name}.host: {site.host} has no address. No certificate was ordered: see to its DNS")
    challenge = layout.challenges / CHALLENGE / name
    host.server.run(put_file(challenge, name).as_user("root"))
    try:
        for address in sorted(found):
            # By this address, whatever the server itself believes of its name.
            at = f"{site.host}:80:{f'[{address}]' if ':' in address else address}"
            limit = ("--max-time", str(LOOK_LIMIT_S))
            curl = ("curl", "--silent", "--show-error", "--fail", *limit, "--noproxy", "*", "--resolve", at)
            look = Command((*curl, f"http://{site.host}/{CHALLENGE}/{name}"), step=f"Asking {address} on port 80")
            try:
                seen = host.server.run(look)
            except ServerError as error:
                raise _elsewhere(site, address, str(error)) from error
            if seen != name:
                raise _elsewhere(site, address, "It answers with something else")
    finally:
        host.server.run(remove(challenge, f"Removing {challenge}").as_user("root"))


def _elsewhere(site: Site, address: str, seen: str) -> SitesError:
    advice = "Let its DNS name the addresses of this server alone, and let port 80 in"
    return SitesError(
        f"{site.name}.host: {site.host} is {address}, which does not lead to this server. "
        f"No certificate was ordered. {advice}\nSeen: {seen}"
    )
