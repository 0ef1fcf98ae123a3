"""How a site is, and what it logs."""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from acceptance.remote_command import Command
from acceptance.sites import Site
from acceptance.ssh import Server, ServerError
from acceptance.targets.health_client import health
from deploy import backups, site_env
from deploy.doctor import days_left
from deploy.release import Releases
from deploy.runtimes import runtime_of
from deploy.site_layout import SiteLayout
from deploy.site_lock import lock_state

LOG_LINES = 200
# A log that is followed may be silent for long.
FOLLOWED_S = 24 * 60 * 60.0


def status(site: Site) -> Iterator[str]:
    """Tell, a line each: release, since when, environment, database, backups, health, certificate, disk, lock."""
    layout = SiteLayout(site)
    report, health_line = _health(site)
    with Server(site) as server:
        current, previous = Releases(server, layout).links()
        yield f"release:      {_release(current, report)}"
        yield f"before it:    {previous or '(none)'}"
        asked = ("systemctl", "show", "--property=ActiveEnterTimestamp", "--value", runtime_of(site).units(layout))
        yield f"since:        {_answer(server, Command(asked, step='Asking since when the site serves'))}"
        yield f"environment:  {_environment(site, report)}"
        yield f"database:     {_database(report)}{_settings(server, layout)}"
        yield f"backups:      {backups.summary(server, layout)}"
        yield f"health:       {health_line}"
        if site.tls:
            yield f"certificate:  {_certificate(site)}"
        yield f"disk:         {disk(server, layout)}"
        yield f"lock:         {lock_state(server, layout)}"


def logs(site: Site, *, since: str = "", follow: bool = False) -> Iterator[str]:
    """Give what the site logged: the last lines, or all since a time that journalctl knows; or what comes."""
    layout = SiteLayout(site)
    what = [f"--since={since}"] if since else [f"--lines={LOG_LINES}"]
    argv = ("journalctl", runtime_of(site).journal(layout), "--output=short-iso", "--no-pager", *what)
    with Server(site) as server:
        process = server.open(Command((*argv, *(["--follow"] if follow else [])), step="Reading the log"))
        # A character may come in two pieces.
        text = codecs.getincrementaldecoder("utf-8")("replace")
        while piece := process.read(FOLLOWED_S):
            yield text.decode(piece)
        if error := process.last_words():
            raise ServerError(f"Reading the log: {error}")


def _answer(server: Server, command: Command) -> str:
    try:
        return server.run(command) or "(nothing)"
    except ServerError as error:
        return f"unknown: {error}"


def _health(site: Site) -> tuple[dict[str, Any], str]:
    """Return what the site says, if it does, and how that reads."""
    try:
        report = health(site.base_url, site.authority)
    except (OSError, ValueError) as error:
        return {}, f"{site.base_url} does not answer: {error}"
    return report, "well" if report.get("healthy") else json.dumps(report)


def _release(current: str, report: dict[str, Any]) -> str:
    """Return what `current` points to, and what serves where that is another: nobody restarted the site."""
    serves = report.get("release", current)
    return (current or "(none yet)") + (f", but {serves} serves" if serves != current else "")


def _environment(site: Site, report: dict[str, Any]) -> str:
    if not report:
        return f"{site.environment} by the sites file; the site does not answer"
    seen = report.get("environment", site.environment)
    return str(seen) if seen == site.environment else f"{seen}, but the sites file says {site.environment}"


def _database(report: dict[str, Any]) -> str:
    if not report:
        return "unknown: the site does not answer"
    kind = report.get("database", "of a kind that this release does not tell")
    if not report.get("database_reachable"):
        return f"{kind}, does not answer"
    if not report.get("migrations_applied"):
        return f"{kind}, answers, NOT migrated"
    return f"{kind}, answers, migrated" + ("" if report.get("schema_fits", True) else " by ANOTHER release")


def _settings(server: Server, layout: SiteLayout) -> str:
    """Return what keeps a deploy or a backup from the database, if .env does."""
    try:
        site_env.look(server, layout)
    except ServerError as error:
        return f"; {error}"
    return ""


def _certificate(site: Site) -> str:
    try:
        return f"valid for {days_left(site)} days"
    except OSError as error:
        return f"not valid, or not to be seen: {error}"


def disk(server: Server, layout: SiteLayout) -> str:
    """Return how much the disk of the site's folder has left."""
    asked = Command(("df", "--human-readable", "--output=avail,pcent", str(layout.home)), step="Asking df")
    line = _answer(server, asked).splitlines()[-1]
    return "{} free, {} used".format(*line.split()[:2]) if len(line.split()) == len(("avail", "pcent")) else line
