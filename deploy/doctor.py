"""For a site that does not answer: each link of the chain in turn, up to the first that is broken."""

import socket
import ssl
import time
from collections.abc import Iterator

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server, ServerError
from acceptance.targets.health_client import health, page
from deploy import backups
from deploy.remote_programs import systemctl
from deploy.runtimes import runtime_of
from deploy.runtimes.base import Link
from deploy.site_database import database_of
from deploy.site_layout import SiteLayout
from deploy.smoke import style_answers

TIMEOUT_S = 10
# certbot renews 30 days before the end, and tries twice a day.
LEFT_DAYS = 14
RENEWAL = "On the machine: systemctl status certbot.timer; sudo certbot renew --dry-run; sudo certbot certificates"
# Else the site would believe each request about who sent it.
TELLS_SENDER = "proxy_set_header X-Real-IP $remote_addr;"
# What one more deploy, its backup and the site's own log may take.
FREE_MB = 500


class BrokenError(Exception):
    """A link that does not hold; says which, what was seen, and what to do."""


def examine(site: Site) -> Iterator[str]:
    """Tell each link that holds; raises BrokenError at the first that does not."""
    for link in _from_here(site):
        yield _held(link)
    with Server(site) as server:
        for link in _on_the_machine(site, server):
            yield _held(link)


def _held(link: Link) -> str:
    try:
        if link.look() is False:
            raise BrokenError(f"broken: {link.holds}. {link.else_do}")
    except (OSError, ValueError, KeyError, ServerError) as error:
        raise BrokenError(f"broken: {link.holds}. {link.else_do}\nSeen: {error}") from error
    return f"holds: {link.holds}"


def _from_here(site: Site) -> Iterator[Link]:
    yield Link(
        f"the name {site.host} resolves",
        lambda: socket.getaddrinfo(site.host, site.port),
        "Look at its DNS entry, and at `host` in the sites file.",
    )
    yield Link(
        f"the machine takes connections on port {site.ssh.port} for SSH",
        lambda: _connect(site),
        "Is the machine up, and does its firewall let SSH in?",
    )


def _connect(site: Site) -> None:
    """Connect for SSH; by way of jump hosts nothing less than a login can be tried."""
    if site.ssh.config:
        Server(site).close()
    else:
        socket.create_connection((site.ssh.host, site.ssh.port), TIMEOUT_S).close()


def _on_the_machine(site: Site, server: Server) -> Iterator[Link]:
    layout = SiteLayout(site)
    left = Command(("df", "--block-size=1M", "--output=avail", str(layout.home)), step="Asking df")
    yield Link(
        "nginx runs",
        lambda: server.run(systemctl("is-active", "nginx.service")),
        "On the machine: sudo nginx -t; sudo systemctl start nginx",
    )
    yield Link(
        f"port {site.port} answers from here",
        lambda: socket.create_connection((site.host, site.port), TIMEOUT_S).close(),
        "Does the machine's firewall, or one before it, let the web in?",
    )
    if site.tls:
        yield Link(
            f"its certificate is valid for {LEFT_DAYS} days more",
            lambda: days_left(site) >= LEFT_DAYS,
            RENEWAL if site.tls.issuer else "Whoever put it on the server renews it; then: sudo systemctl reload nginx",
        )
    yield runtime_of(site).link(server, layout)
    yield Link(
        "the site starts",
        lambda: bool(health(site.base_url, site.authority)),
        "fab logs tells why it does not; fab rollback brings the release before back.",
    )
    yield Link(
        f"the site answers to {site.host}",
        lambda: page(f"{site.base_url}/", site.authority),
        "A 400 means that DJANGO_ALLOWED_HOST in .env is another host than the sites file's.",
    )
    yield Link(
        "the database answers",
        lambda: health(site.base_url, site.authority)["database_reachable"],
        f"fab status tells which it is. {database_of(layout).advice}",
    )
    yield Link(
        "backups can read the database, and it is the site's own",
        lambda: server.run(database_of(layout).program("look", step="Looking into the database")),
        "fab provision makes what is missing; fab status tells what it is.",
    )
    yield Link(
        "all migrations are applied",
        lambda: health(site.base_url, site.authority)["migrations_applied"],
        "fab deploy applies them.",
    )
    yield Link(
        "the database has what this release reads",
        lambda: health(site.base_url, site.authority).get("schema_fits", True),
        "A later release migrated it: fab deploy that one, or fab restore the backup from before it.",
    )
    yield Link(
        "static files are served",
        lambda: style_answers(site),
        "fab deploy collects them; nginx has to be let into the folder.",
    )
    yield Link(
        f"the disk has {FREE_MB} MB left",
        lambda: int(server.run(left).split()[-1]) >= FREE_MB,
        "fab prune removes old releases; fab status tells how much is left.",
    )
    yield Link(
        "nginx tells the site who sent a request",
        lambda: TELLS_SENDER in server.run(Command(("cat", str(layout.nginx)), step=f"Reading {layout.nginx}")),
        "Its file is of an earlier version, in which a request can claim any sender: fab provision writes the new one.",
    )
    yield Link(
        "the mail server lets the site in",
        lambda: server.run(layout.manage("check_mail")),
        "Set EMAIL_HOST, EMAIL_HOST_USER and EMAIL_PASSWORD here, and deploy again.",
    )
    yield Link(
        "daily backups are made",
        lambda: backups.require_daily(server, layout),
        f"Mend what is told here; then, on the machine: sudo systemctl start {layout.unit}-backup.service",
    )


def days_left(site: Site) -> int:
    """Return for how many days the certificate is valid, whatever the site then answers; raises OSError."""
    trusted = ssl.create_default_context()
    if site.authority:
        trusted.load_verify_locations(site.authority)
    with (
        socket.create_connection((site.host, site.port), TIMEOUT_S) as plain,
        trusted.wrap_socket(plain, server_hostname=site.host) as secured,
    ):
        ends = ssl.cert_time_to_seconds(str((secured.getpeercert() or {})["notAfter"]))
    return int((ends - time.time()) // 86400)
