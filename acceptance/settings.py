"""What a run was asked to do: read once, with all mistakes reported at once."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError

from acceptance.browsers import BROWSERS, REMOTE_BROWSERS, trusted_authority
from acceptance.browsers.base import Installed
from acceptance.mailboxes import addresses
from acceptance.proxies import LOOPBACK as LOOPBACKS
from acceptance.report import report_folder
from acceptance.report.formatting import counted
from acceptance.setting_values import (
    LOOPBACK,
    MAX_SEED,
    Port,
    Seed,
    certificate_file,
    none_if,
    one_of,
    order_seed,
    own_host,
    seconds,
    shard_number,
    web_address,
)
from acceptance.sites import Site, SitesError, read_isolated_sites

# The targets whose site is no server's, and what any site of the sites file is called beside them.
TARGETS = ("local", "docker")
SERVER = "a site on a server"
# docker.container, where the run makes the site, and what Docker takes for a name.
NEW, CONTAINER_NAME = "new", r"^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"
# The ways to read mail; each is a module of acceptance.mailboxes.
MAILBOXES = ("outbox", "smtp", "server", "pop3", "catcher", "none")
# The ways that not every target has, and the usual ones.
MAILBOX_TARGETS = {"outbox": ("local",), "smtp": TARGETS}
USUAL_MAILBOXES = {"local": "outbox", "docker": "smtp"}
# Ways for which the site sends by a mail server of the user's.
SENT_ELSEWHERE = ("pop3", "catcher")
USUAL, USUAL_WAITS_S = "default", {"pop3": 60.0}
USUAL_WAIT_S = 10.0
# What is told to a site of the run's own about the server to send by, where the run itself is none.
MAIL_SERVER = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_PASSWORD", "EMAIL_USE_TLS")
MAILBOX_PASSWORD, DATABASES_TOKEN = "MAILBOX_PASSWORD", "DATABASES_TOKEN"
# Where a window would appear: under X, or under Wayland.
SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
# Settings that mean something only where another one has one of these values.
ONLY_WITH: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("target", ("docker",), ("docker.container", "docker.port", "database", "databases.url")),
    ("target", ("docker", SERVER), ("lock.wait",)),
    ("database", ("postgres",), ("databases.url",)),
    ("mailbox", ("pop3",), ("mailbox.poll", "mailbox.host", "mailbox.port")),
    ("mailbox", ("pop3", "catcher"), ("mailbox.user", "mailbox.ca")),
    ("mailbox", ("catcher",), ("mailbox.url",)),
    ("browser", ("chrome", "chrome-full"), ("sandbox",)),
    ("browser.remote", ("an address",), ("site.host",)),
    ("target", TARGETS, ("site.host",)),
)
# How behave.ini writes what is no value, where it does not leave it out.
NO_VALUE = {"docker.port": "free", "sandbox": "default"}
NEEDED = {"pop3": ("mailbox.host", "mailbox.user"), "catcher": ("mailbox.url",)}
YES_OR_NO = one_of(yes=True, no=False)


class SettingsError(Exception):
    """A run that was asked for in a way it cannot be done; one line for each mistake."""


class UserData(BaseModel):
    """What behave.ini and `-D` say, with behave.ini's defaults, which explains each; a dot there is a _ here."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=lambda field: field.replace("_", "."))

    target: Annotated[str, BeforeValidator(str.lower)] = "local"
    sites: Path = Path("sites.toml")
    browser: Annotated[str, one_of(*BROWSERS)] = "chrome"
    browser_remote: Annotated[str, web_address("http://grid:4444", "an address without one")] = ""
    site_host: Annotated[str, BeforeValidator(own_host)] = LOOPBACK
    headless: Annotated[bool, YES_OR_NO] = True
    sandbox: Annotated[bool | None, one_of(default=None, yes=True, no=False)] = None
    wait: Annotated[float, seconds(0.1, 120)] = 5
    seed: Annotated[Seed | None, BeforeValidator(order_seed)] = Field(
        default_factory=order_seed, description=f"random, off, or a whole number up to {MAX_SEED}"
    )
    shard: Annotated[tuple[int, int], BeforeValidator(shard_number)] = (1, 1)
    workers: Annotated[str, one_of("jobs", "auto")] = "jobs"
    scenario_limit: Annotated[float, seconds(1, 86400)] = 300
    await_input: Annotated[bool, YES_OR_NO] = False
    pause: Annotated[bool, one_of(never=False, on_failure=True)] = False
    evidence: Annotated[str, one_of("on-failure", "always", "never")] = "on-failure"
    report: Annotated[bool, YES_OR_NO] = True
    docker_container: Annotated[
        str, Field(pattern=CONTAINER_NAME, description="new, or the name of a container that runs")
    ] = NEW
    docker_port: Annotated[Port | None, none_if("free")] = Field(None, description="free, or 1 to 65535")
    database: Annotated[str, one_of("sqlite", "postgres")] = "sqlite"
    databases_url: Annotated[
        str, web_address("http://127.0.0.1:8700", f"an address, and {DATABASES_TOKEN} in the environment")
    ] = ""
    lock_wait: Annotated[float, seconds(0, 3600)] = 0
    mailbox: Annotated[str, one_of(USUAL, *MAILBOXES)] = USUAL
    mailbox_address: Annotated[str, BeforeValidator(addresses.pattern)] = addresses.DEFAULT
    mailbox_wait: Annotated[Annotated[float, seconds(0.1, 600)] | None, none_if(USUAL)] = Field(
        None, description="0.1 to 600 (seconds)"
    )
    mailbox_poll: Annotated[float, seconds(0.1, 60)] = 1
    mailbox_host: str = ""
    mailbox_port: Port = 995
    mailbox_user: str = ""
    mailbox_url: Annotated[
        str, web_address("http://localhost:1080", f"mailbox.user, and {MAILBOX_PASSWORD} in the environment")
    ] = ""
    mailbox_ca: Annotated[Path | None, BeforeValidator(certificate_file)] = None

    @property
    def makes_site(self) -> bool:
        """Whether the run makes the site itself, and tells it where its mail goes."""
        return self.target in TARGETS and self.docker_container == NEW

    @property
    def results_name(self) -> str:
        """What the results of such runs are called: each target has its own, and on it each engine of browsers."""
        return report_folder.results_name(self.target, BROWSERS[self.browser].column)


SETTINGS = tuple(str(field.alias) for field in UserData.model_fields.values())


class Settings(UserData):
    """One run's settings, with what they lead to, and the secrets of the environment."""

    mailbox_wait: float = USUAL_WAIT_S
    installed: InstanceOf[Installed]
    # The site on a server that is the target, if one is.
    site: InstanceOf[Site] | None
    databases_token: str = Field(repr=False)
    mailbox_password: str = Field(repr=False)
    mail_server: Mapping[str, str] = Field(repr=False)

    @property
    def authority(self) -> Path | None:
        """The site's own certificate authority, where browsers know none."""
        return self.site.authority if self.site else None

    @classmethod
    def read(
        cls,
        userdata: Mapping[str, str],
        environ: Mapping[str, str] = os.environ,
        *,
        junit: Path | None = None,
        scenarios: int = 0,
    ) -> Self:
        """Return the settings of behave.ini and `-D`, checked.

        `junit` is the folder of JUnit files, if any; `scenarios` is how many are selected, if that is known.
        Raises SettingsError that names each mistake and what is allowed instead.
        """
        texts = {name: str(value).strip() for name, value in userdata.items()}
        data, mistakes = _read_values(texts)
        wrong = {mistake.partition(":")[0] for mistake in mistakes}
        site = installed = None
        try:
            site = _find_site(data)
        except LookupError as error:
            mistakes.append(str(error.args[0]))
        if data.browser_remote:
            installed = Installed(grid=data.browser_remote)
        else:
            try:
                installed = BROWSERS[data.browser].find(search_path(environ), headless=data.headless)
            except LookupError as error:
                mistakes.append(f"browser: {error.args[0]}")
        if site and site.authority and not data.browser_remote:
            reason = trusted_authority.unusable(site.authority, search_path(environ))
            mistakes += [f"sites: {site.name}: {reason}"] if reason else []
        contradictions = [*_contradictions(data, environ, wrong), *_shard_mistakes(data, texts.get("seed"), scenarios)]
        mistakes += [each for each in contradictions if each.partition(":")[0] not in wrong]
        mistakes += report_folder.mistakes(data.results_name, junit)
        if mistakes or installed is None:
            raise SettingsError("\n".join(["This run cannot start:", *(f"  {mistake}" for mistake in mistakes)]))
        way = _mailbox(data)
        found = {
            "mailbox": way,
            "mailbox.wait": data.mailbox_wait or USUAL_WAITS_S.get(way, USUAL_WAIT_S),
            "installed": installed,
            "site": site,
            "databases.token": environ.get(DATABASES_TOKEN, ""),
            "mailbox.password": environ.get(MAILBOX_PASSWORD, ""),
            "mail.server": {name: environ[name] for name in MAIL_SERVER if environ.get(name)},
        }
        return cls.model_construct(**data.model_dump(by_alias=True) | found)


def search_path(environ: Mapping[str, str]) -> str:
    """Return where programs are looked for: on the PATH, then where set-up puts them."""
    return os.pathsep.join([environ.get("PATH", ""), str(Path(sys.executable).parent)])


def _read_values(userdata: dict[str, str]) -> tuple[UserData, list[str]]:
    """Return the values and what is wrong with them; a default stands in for a wrong one, so that all is looked at."""
    try:
        return UserData.model_validate(userdata), []
    except ValidationError as error:
        wrong = {str(each["loc"][0]): each for each in error.errors()}
    mistakes = [f"{name}: {_mistake(name, each)}" for name, each in wrong.items()]
    return UserData.model_validate({name: text for name, text in userdata.items() if name not in wrong}), mistakes


def _mistake(name: str, error: Mapping[str, Any]) -> str:
    """Return what is wrong with a value, and what is allowed."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "extra_forbidden":
        # What was given for it is not repeated: it may be a password.
        where = f"; it is taken from {MAILBOX_PASSWORD} in the environment" if name == "mailbox.password" else ""
        return f"there is no such setting{where}; allowed: {', '.join(SETTINGS)}"
    return f"{error['input']!r} is not allowed; allowed: {UserData.model_fields[name.replace('.', '_')].description}"


def _find_site(data: UserData) -> Site | None:
    """Return the site on a server that is meant; only then is the sites file read. Raises LookupError."""
    if data.target in TARGETS:
        return None
    try:
        sites = read_isolated_sites(data.sites)
    except SitesError as error:
        raise LookupError(f"sites: {error}") from error
    if data.target not in sites:
        raise LookupError(f"target: {data.target!r} is not known; allowed: {', '.join([*TARGETS, *sites])}")
    return sites[data.target]


def _mailbox(data: UserData) -> str:
    """Return the way to read mail that is meant, where the target's usual one was not replaced."""
    usual = USUAL_MAILBOXES[data.target] if data.makes_site else "none"
    return usual if data.mailbox == USUAL else data.mailbox


def _contradictions(data: UserData, environ: Mapping[str, str], wrong: set[str]) -> Iterator[str]:
    """Go through what does not fit together, or not this machine; `wrong` are settings that have no value yet."""
    if data.pause and data.headless:
        yield "pause: on-failure leaves nothing to look at with headless=yes; allowed with headless=no"
    here = not data.browser_remote
    if here and not data.headless and sys.platform == "linux" and not any(map(environ.get, SCREENS)):
        yield "headless: no needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set; `xvfb-run behave …` has one"
    yield from _out_of_place(data, wrong)
    if data.browser_remote:
        yield from _grid_contradictions(data)
    if data.docker_container != NEW:
        for name in _changed(data, "docker.port", "database", "site.host"):
            yield f"{name}: a container that runs already has its own; allowed here: {_default(name)}"
    if data.databases_url and not environ.get(DATABASES_TOKEN):
        yield f"databases.url: a service of databases needs a token: {DATABASES_TOKEN} is not set in the environment"
    yield from _mail_contradictions(data, environ)


def _out_of_place(data: UserData, wrong: set[str]) -> Iterator[str]:
    """Go through what means something only where another setting is another."""
    decided = {
        "browser.remote": "an address" if data.browser_remote else "",
        "target": data.target if data.target in TARGETS else SERVER,
        "database": data.database,
        "mailbox": _mailbox(data),
        "browser": data.browser,
    }
    for deciding, values, names in ONLY_WITH:
        if deciding not in wrong and decided[deciding] not in values:
            for name in _changed(data, *names):
                where = f"{deciding}={' or '.join(values)}"
                yield f"{name}: means something with {where} only; allowed here: {_default(name)}"


def _grid_contradictions(data: UserData) -> Iterator[str]:
    if data.browser not in REMOTE_BROWSERS:
        yield f"browser: no grid has {data.browser}; allowed with browser.remote: {', '.join(REMOTE_BROWSERS)}"
    # Nodes of a grid on this machine are taken for programs on this machine as well.
    nodes_elsewhere = urlsplit(data.browser_remote).hostname not in LOOPBACKS
    if nodes_elsewhere and data.makes_site and data.site_host == LOOPBACK:
        yield (
            "site.host: the nodes of a grid elsewhere do not reach a site on loopback; "
            "allowed here: a host name or an IPv4 address of this machine that they reach"
        )
    if nodes_elsewhere and data.docker_container != NEW:
        yield "docker.container: the nodes of a grid elsewhere reach no container that runs already; allowed here: new"


def _mail_contradictions(data: UserData, environ: Mapping[str, str]) -> Iterator[str]:
    way = _mailbox(data)
    here = data.target if data.makes_site else SERVER
    possible = [each for each in MAILBOXES if here in MAILBOX_TARGETS.get(each, (here,))]
    if way not in possible:
        yield f"mailbox: {way} is not to be had from this target; allowed here: {', '.join(possible)}"
    for name in NEEDED.get(way, ()):
        if not _value(data, name):
            yield f"{name}: is not set, and mailbox={way} needs it"
    if (way == "pop3" or (way == "catcher" and data.mailbox_user)) and not environ.get(MAILBOX_PASSWORD):
        whose = data.mailbox_user or "its user"
        yield f"mailbox: {way} needs a password for {whose}: {MAILBOX_PASSWORD} is not set in the environment"
    if way in SENT_ELSEWHERE and data.makes_site and not environ.get("EMAIL_HOST"):
        yield f"mailbox: with {way}, the site sends by a mail server of yours: EMAIL_HOST is not set in the environment"
    if way == "pop3" and data.mailbox_address == addresses.DEFAULT:
        yield (
            f"mailbox.address: mail to {addresses.DEFAULT} comes to nobody's mailbox; "
            "allowed with mailbox=pop3: a pattern that leads to yours"
        )


def _shard_mistakes(data: UserData, seed: str | None, scenarios: int) -> Iterator[str]:
    number, count = data.shard
    if count > 1 and seed in (None, "random", "off"):
        yield (
            "seed: the machines that share a run need the same order, and each run another one; "
            f"allowed with shard={number}/{count}: a whole number, such as the pipeline's"
        )
    if count > 1 and 0 < scenarios < count:
        yield f"shard: {count} parts of {counted(scenarios, 'scenario')} leave some empty; allowed: up to {scenarios}"


def _value(data: UserData, name: str) -> Any:
    return getattr(data, name.replace(".", "_"))


def _changed(data: UserData, *names: str) -> list[str]:
    """Return which of these settings are not as behave.ini has them."""
    fields = UserData.model_fields
    return [name for name in names if _value(data, name) != fields[name.replace(".", "_")].default]


def _default(name: str) -> str:
    """Return the default of a setting as behave.ini has it."""
    default = UserData.model_fields[name.replace(".", "_")].default
    return NO_VALUE.get(name, "nothing") if default in ("", None) else str(default)
