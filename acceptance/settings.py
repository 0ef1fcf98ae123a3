"""What a run was asked to do: read once, with all mistakes reported at once."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from acceptance.browsers import BROWSERS
from acceptance.browsers.base import Installed
from acceptance.mailboxes import mail_settings as mailboxes
from acceptance.mailboxes.mail_setting_values import PASSWORD
from acceptance.report import report_folder
from acceptance.setting_values import a_name, container, one_of, port, seconds, seed
from acceptance.sites import Site, SitesError, read_isolated_sites
from acceptance.targets import ELSEWHERE, ONLY_FOR, OWN_CONTAINER, SERVER, TARGETS
from acceptance.targets import database_settings as databases

YES_OR_NO = {"yes": True, "no": False}
# Where a window would appear: under X, or under Wayland.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
MIN_WAIT_S, MAX_WAIT_S = 0.1, 120
MAX_LOCK_WAIT_S = 3600


class ConfigError(Exception):
    """A run that was asked for in a way it cannot be done; one line for each mistake."""


@dataclass(frozen=True)
class Config:
    """One run's settings; behave.ini says what each of them means. A dot in a name is an underscore here."""

    target: str
    browser: str
    headless: bool
    sandbox: bool | None
    wait: float
    seed: int | None
    pause: bool
    evidence: str
    report: bool
    docker_container: str
    docker_port: int | None
    database: str
    databases_url: str
    lock_wait: float
    mailbox: str
    mailbox_address: str
    mailbox_wait: float
    mailbox_poll: float
    mailbox_host: str
    mailbox_port: int
    mailbox_user: str
    mailbox_url: str
    mailbox_ca: Path | None
    sites: Path
    installed: Installed
    # The site on a server that is the target, if one is.
    site: Site | None
    # From the environment: what databases are borrowed by, mail is read by, and a site of the run's own sends by.
    databases_token: str = field(repr=False)
    mailbox_password: str = field(repr=False)
    mail_server: Mapping[str, str] = field(repr=False)

    @property
    def authority(self) -> Path | None:
        """The site's own certificate authority, where browsers know none."""
        return self.site.authority if self.site else None

    @property
    def looks_only(self) -> bool:
        """Whether the sites file says that this site holds people's data."""
        return self.site is not None and not self.site.disposable

    @classmethod
    def read(
        cls, userdata: Mapping[str, str], environ: Mapping[str, str] = os.environ, *, junit: Path | None = None
    ) -> "Config":
        """Return the settings of behave.ini and `-D`, checked; `junit` is the folder of JUnit files, if any.

        Raises ConfigError that names each mistake and what is allowed instead.
        """
        mistakes = [_unknown(name) for name in sorted(set(userdata) - set(SETTINGS))]
        values: dict[str, Any] = {}
        for name, parse in SETTINGS.items():
            try:
                values[_field(name)] = parse(_given(userdata, name))
            except ValueError as error:
                mistakes.append(f"{name}: {error}")
        site = _find_site(values, mistakes)
        installed = _find_browser(values.get("browser"), environ, mistakes)
        mistakes += _unknown_authority(site, environ)
        mistakes += _contradictions(values)
        mistakes += _without_screen(values, environ)
        mistakes += databases.mistakes(values, environ)
        mistakes += mailboxes.settle(values, environ)
        mistakes += report_folder.mistakes(values.get("target", ""), junit)
        if mistakes or installed is None:
            raise ConfigError("\n".join(["This run cannot start:", *(f"  {mistake}" for mistake in mistakes)]))
        return cls(
            **values,
            installed=installed,
            site=site,
            databases_token=environ.get(databases.TOKEN, ""),
            mailbox_password=environ.get(PASSWORD, ""),
            mail_server=mailboxes.mail_server(environ),
        )


def search_path(environ: Mapping[str, str]) -> str:
    """Return where programs are looked for: on the PATH, then where set-up puts them."""
    return os.pathsep.join([environ.get("PATH", ""), str(Path(sys.executable).parent)])


def _field(name: str) -> str:
    return name.replace(".", "_")


def _given(userdata: Mapping[str, str], name: str) -> str:
    if name not in userdata:
        raise ValueError("is missing from behave.ini")
    return str(userdata[name]).strip()


def _unknown(name: str) -> str:
    # What was given for it is not repeated: it may be a password.
    where = f"; it is taken from {PASSWORD} in the environment" if name == "mailbox.password" else ""
    return f"{name}: there is no such setting{where}; allowed: {', '.join(SETTINGS)}"


def _find_site(values: dict[str, Any], mistakes: list[str]) -> Site | None:
    """Return the site on a server that is meant; only then is the sites file read."""
    name = values.get("target")
    if name is None or name in TARGETS or "sites" not in values:
        return None
    try:
        sites = read_isolated_sites(values["sites"])
    except SitesError as error:
        mistakes.append(f"sites: {error}")
        sites = {}
    if name not in sites:
        mistakes.append(f"target: {name!r} is not known; allowed: {', '.join([*TARGETS, *sites])}")
    return sites.get(name)


def _unknown_authority(site: Site | None, environ: Mapping[str, str]) -> Iterator[str]:
    for browser in BROWSERS.values():
        if site and site.authority and (mistake := browser.cannot_trust(site.authority, search_path(environ))):
            yield f"sites: {site.name}: {mistake}"


def _find_browser(name: str | None, environ: Mapping[str, str], mistakes: list[str]) -> Installed | None:
    if name is None:
        return None
    try:
        return BROWSERS[name].find(search_path(environ))
    except LookupError as error:
        mistakes.append(f"browser: {error.args[0]}")
        return None


def _without_screen(values: dict[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    if values.get("headless") is False and sys.platform == "linux" and not any(map(environ.get, SCREENS)):
        yield "headless: no needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set; `xvfb-run behave …` has one"


def _contradictions(values: dict[str, Any]) -> Iterator[str]:
    if values.get("pause") and values.get("headless"):
        yield "pause: on-failure leaves nothing to look at with headless=yes; allowed with headless=no"
    for name, allowed in ONLY_FOR.items():
        changed = _field(name) in values and values[_field(name)] != SETTINGS[name](ELSEWHERE[name])
        kind = values["target"] if values.get("target") in TARGETS else SERVER
        if changed and "target" in values and kind not in allowed:
            here = ELSEWHERE[name] or "nothing"
            yield f"{name}: means something with target={' or '.join(allowed)} only; allowed here: {here}"
    if values.get("docker_container", OWN_CONTAINER) != OWN_CONTAINER:
        for name in ("docker.port", "database"):
            if values.get(_field(name)) != SETTINGS[name](ELSEWHERE[name]):
                yield f"{name}: a container that runs already has its own; allowed here: {ELSEWHERE[name]}"


SETTINGS: dict[str, Callable[[str], Any]] = {
    "target": a_name,
    "sites": Path,
    "browser": one_of({name: name for name in BROWSERS}),
    "headless": one_of(YES_OR_NO),
    "sandbox": one_of({"default": None, **YES_OR_NO}),
    "wait": seconds(MIN_WAIT_S, MAX_WAIT_S),
    "seed": seed,
    "pause": one_of({"never": False, "on-failure": True}),
    "evidence": one_of({name: name for name in ("on-failure", "always", "never")}),
    "report": one_of(YES_OR_NO),
    "docker.container": container,
    "docker.port": port,
    **databases.SETTINGS,
    "lock.wait": seconds(0, MAX_LOCK_WAIT_S),
    **mailboxes.SETTINGS,
}
