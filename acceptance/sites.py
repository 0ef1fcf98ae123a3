"""Every site on a server, as the sites file names them; who deploys and who runs scenarios read the same file."""

import ipaddress
import re
import reprlib
import socket
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo

# Names of targets that are no server.
RESERVED = ("local", "docker")
NAME = re.compile(r"[a-z][a-z0-9-]*")
HTTP_PORT, HTTPS_PORT, SSH_PORT = 80, 443, 22
MAX_HOST = 253
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# An issuer of certificates that everybody trusts, by its name; another one by the URL of its ACME directory.
LETS_ENCRYPT = "letsencrypt"
# 127.1, 0x7f000001 and 2130706433 are addresses to a resolver: one machine under many names.
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# A line of authorized_keys without options; what follows is whose it is.
PUBLIC_KEY = re.compile(r"(?P<key>(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[!-~]+ AAAA[A-Za-z0-9+/]+={0,2})( [^\0-\x1f\x7f]*)?")
ACCOUNT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# A folder on another machine, as rsync has it. Nothing in it means anything to a shell or to systemd.
PLACE = re.compile(rf"(?P<account>{ACCOUNT.pattern})@(?P<host>[A-Za-z0-9.-]+):(?P<folder>[\w./~][\w./~-]*)", re.ASCII)
# There is no such name, or it has no address. EAI_NODATA is not everywhere.
UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
OWN = "; a production site has one to itself"
LINE = reprlib.Repr()
LINE.maxstring = 80


class SitesError(Exception):
    """Sites that cannot be used as they are described; one line for each mistake."""

    @classmethod
    def of(cls, path: Path, mistakes: Iterable[str]) -> "SitesError":
        """Return the error that tells all of this file's mistakes."""
        return cls("\n".join([f"{path} cannot be used:", *(f"  {mistake}" for mistake in mistakes)]))


def _host(value: object) -> str:
    """Return a host in lower case and without a dot at the end; addresses in one notation. Raises ValueError."""
    if not isinstance(value, str) or "%" in value:
        raise ValueError
    try:
        address = ipaddress.ip_address(value)
        return str(getattr(address, "ipv4_mapped", None) or address)
    except ValueError:
        name = value.lower().removesuffix(".")
        labels = name.split(".")
        if len(name) > MAX_HOST or not all(map(LABEL.fullmatch, labels)) or NUMBER.fullmatch(labels[-1]):
            raise
        return name


def _web_host(value: object) -> str:
    # The site's own DJANGO_ALLOWED_HOST takes no colon.
    if ":" in (host := _host(value)):
        raise ValueError
    return host


def _account(value: object) -> str:
    if not isinstance(value, str) or not ACCOUNT.fullmatch(value):
        raise ValueError
    return value


def _user(value: object) -> str:
    if value == "root":
        raise ValueError
    return _account(value)


def _admin(value: object, others: ValidationInfo) -> str:
    if value == others.data.get("user"):
        raise ValueError
    return _account(value)


def _file(value: object, info: ValidationInfo) -> Path:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    try:
        return Path(str(info.context), Path(value).expanduser())
    except RuntimeError as error:  # the home of somebody unknown
        raise ValueError from error


def _issuer(value: object) -> str:
    if value == LETS_ENCRYPT or (isinstance(value, str) and re.fullmatch(r"https://[!-~]+", value)):
        return str(value)
    raise ValueError


def _server_file(value: object, others: ValidationInfo) -> PurePosixPath | None:
    """Return the path of a file on the server; there is none where an issuer is named, and one where none is."""
    # An issuer that is a mistake is told already.
    issuer = others.data.get("issuer", LETS_ENCRYPT)
    if issuer and value is None:
        return None
    if not issuer and isinstance(value, str) and value.isprintable() and re.fullmatch(r"/[^\s;{}\"'$\\]+", value):
        return PurePosixPath(value)
    raise ValueError


def _public_keys(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError
    found = [PUBLIC_KEY.fullmatch(each) for each in value]
    if not all(found):
        raise ValueError
    return tuple(match["key"] for match in found if match)


def _public_key(value: object) -> str:
    return _public_keys([value])[0]


def _place(value: object) -> str:
    found = PLACE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError
    return f"{found['account']}@{_host(found['host'])}:{found['folder'].rstrip('/')}"


def _program(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
        raise ValueError
    return tuple(value)


HOST = "a host name such as lists.example.com, or an IP address"
WEB_HOST = "a host name such as lists.example.com, or an IPv4 address; no scheme, port or path"
USER = "the name of an account that is not root, such as deployer"
ADMIN = "the name of an account that may become root, such as debian, and is not the one that deploys"
HSTS_DAYS = "a whole number of days from 0 to 730"
# A path is never quoted in a mistake: it may be the key itself, pasted.
FILE = "the path of a file, such as ~/.ssh/staging"
ISSUER = '"letsencrypt", or the URL of another ACME directory, such as https://acme.example.com/directory'
SERVER_FILE = "the absolute path of a file on the server, for both certificate and key; or issuer in their place"
EMAIL = "an e-mail address, such as admin@example.com"
KEYS = 'a list of public keys, such as ["ssh-ed25519 AAAA… alice"]; an option before a key is not allowed'
PLACE_TO_COPY = "a folder on another machine, such as backups@backups.example.com:lists"
HOST_KEY = "that machine's public key, such as ssh-ed25519 AAAA…; ssh-keyscan prints it after its name"
PROGRAM = 'a list of a program and its arguments, such as ["/srv/lists/manage"]'

# How each value is read, and in words what is allowed.
Host = Annotated[str, PlainValidator(_host), Field(description=HOST)]
WebHost = Annotated[str, PlainValidator(_web_host), Field(description=WEB_HOST)]
Port = Annotated[int, Field(ge=1, le=65535, description="a whole number from 1 to 65535")]
User = Annotated[str, PlainValidator(_user), Field(description=USER)]
Admin = Annotated[str, PlainValidator(_admin), Field(description=ADMIN)]
File = Annotated[Path, PlainValidator(_file), Field(description=FILE)]
Issuer = Annotated[str, PlainValidator(_issuer), Field(description=ISSUER)]
ServerFile = Annotated[
    PurePosixPath | None, PlainValidator(_server_file), Field(description=SERVER_FILE, validate_default=True)
]
Email = Annotated[str, Field(pattern=r"^[!-~]+@[!-~]+$", description=EMAIL)]
PublicKeys = Annotated[tuple[str, ...], PlainValidator(_public_keys), Field(description=KEYS)]
OptionalFile = Annotated[Path | None, PlainValidator(_file), Field(description=FILE)]
Days = Annotated[int | None, Field(ge=0, le=730, description=HSTS_DAYS)]
CopiesPlace = Annotated[str, PlainValidator(_place), Field(description=PLACE_TO_COPY)]
HostKey = Annotated[str, PlainValidator(_public_key), Field(description=HOST_KEY)]
Program = Annotated[tuple[str, ...], PlainValidator(_program), Field(description=PROGRAM)]
Environment = Annotated[Literal["staging", "production"], Field(description="staging or production")]
Flag = Annotated[bool, Field(description="true or false")]
Database = Annotated[Literal["sqlite", "postgres"], Field(description="sqlite or postgres")]
Runtime = Annotated[Literal["virtualenv", "docker"], Field(description="virtualenv or docker")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Ssh(_Table):
    """How a site's server is reached, and with which private key.

    `user` deploys, and is made by provision; `admin`, who may become root, provisions. It is another,
    or who deploys could do whatever root can; empty where the sites file names none. `keys` are the public
    keys of all who deploy besides, without their names. `agent` has the keys of the agent tried where `key`
    cannot be had, and `config` is an ssh_config that names the jump hosts on the way.
    """

    host: Host
    port: Port = SSH_PORT
    user: User
    admin: Admin = ""
    key: File
    keys: PublicKeys = ()
    agent: Flag = False
    config: OptionalFile = None
    known_hosts: File = Field(default_factory=lambda: Path.home() / ".ssh" / "known_hosts")


class Tls(_Table):
    """Where the certificate comes from: the server orders it from an `issuer`, or has it in files of its own.

    `email` is told to the issuer. `ca` is a file on this machine: the site's own authority, where browsers know none.
    For `hsts_days` browsers come by HTTPS only; the site's own setting holds where none are named.
    """

    issuer: Issuer = ""
    email: Email = ""
    certificate: ServerFile = None
    key: ServerFile = None
    ca: OptionalFile = None
    hsts_days: Days = None


class Backups(_Table):
    """Where copies of a site's daily backups go: `to` a folder on another machine, which SSH reaches at `port`.

    The server knows that machine by its `host_key`.
    """

    to: CopiesPlace
    port: Port = SSH_PORT
    host_key: HostKey


class Site(_Table):
    """A site on a server. Hosts are in lower case and without a dot at the end.

    `plain_http` allows production without tls. `manage` runs manage.py there, `log` prints the
    site's log since {since}; empty where the project's own do.
    """

    name: str
    host: WebHost
    port: Port
    environment: Environment
    runtime: Runtime = "virtualenv"
    database: Database = "sqlite"
    plain_http: Flag = False
    manage: Program = ()
    log: Program = ()
    ssh: Ssh
    tls: Tls | None = None
    backups: Backups | None = None

    @property
    def base_url(self) -> str:
        """The address of the front page, without its last slash; default ports are left out."""
        scheme, default = ("https", HTTPS_PORT) if self.tls else ("http", HTTP_PORT)
        return f"{scheme}://{self.host}" + ("" if self.port == default else f":{self.port}")

    @property
    def authority(self) -> Path | None:
        """The site's own certificate authority, where browsers know none."""
        return self.tls.ca if self.tls else None

    @property
    def disposable(self) -> bool:
        """Whether this site's data may be wiped."""
        return self.environment == "staging"


TABLES: dict[str, type[_Table]] = {"ssh": Ssh, "tls": Tls, "backups": Backups}


def read_sites(path: Path) -> dict[str, Site]:
    """Return the sites of a file by their names; no network is asked.

    Raises SitesError that names each mistake and what is allowed instead.
    """
    sites: dict[str, Site] = {}
    mistakes: list[str] = []
    for name, table in _tables(path).items():
        if not isinstance(table, dict):
            mistakes.append(f"{name}: is {LINE.repr(table)}; allowed: a table for each site, such as [staging]")
            continue
        if name in RESERVED:
            mistakes.append(f"{name}: is a target of its own; allowed: any name but {' and '.join(RESERVED)}")
        elif not NAME.fullmatch(name):
            allowed = "a letter, then letters, digits and -, all small"
            mistakes.append(f"{LINE.repr(name)}: is not a site's name; allowed: {allowed}")
        try:
            sites[name] = Site.model_validate(_with_defaults(name, table), context=path.absolute().parent)
        except ValidationError as error:
            mistakes += _told(name, table, error)
    mistakes += [*_shared(sites.values()), *_second_containers(sites.values())]
    if mistakes:
        raise SitesError.of(path, mistakes)
    return sites


def site_names(path: Path) -> tuple[str, ...]:
    """Return what the sites of a file are called; nothing where there is no such file. Raises SitesError."""
    return tuple(_tables(path)) if path.exists() else ()


def read_isolated_sites(path: Path) -> dict[str, Site]:
    """Return the sites of a file, once the resolver was asked as well that production shares no machine.

    For whoever is about to connect. Raises SitesError.
    """
    sites = read_sites(path)
    if mistakes := machines_shared_by_address(sites.values()):
        raise SitesError.of(path, mistakes)
    return sites


def require_key(site: Site) -> None:
    """Raise SitesError, in one sentence, unless this site's private key is there for its owner alone, or an agent's."""
    from acceptance import ssh_identity  # noqa: PLC0415 - only where there are sites

    if site.ssh.agent and not site.ssh.key.exists():
        return
    if mistake := ssh_identity.mistake(site.ssh.key):
        raise SitesError(f"{site.name}.ssh.key: {mistake}")


def _tables(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except FileNotFoundError:
        mistake = "there is no such file. Make one with a table for each site, such as [staging]"
    except OSError as error:
        mistake = f"it cannot be read: {error.strerror}"
    except ValueError as error:
        mistake = f"it is not TOML: {error}"
    raise SitesError.of(path, [mistake])


def _with_defaults(name: str, table: dict[str, Any]) -> dict[str, Any]:
    """Return a table with what follows from its other values."""
    ssh = table.get("ssh", {})
    if isinstance(ssh, dict):
        ssh = {"host": table.get("host"), **ssh}
    tls = {"tls": {"issuer": LETS_ENCRYPT}} if table.get("tls") == LETS_ENCRYPT else {}
    return {"port": HTTPS_PORT if "tls" in table else HTTP_PORT, **table, "ssh": ssh, "name": name} | tls


def _told(name: str, table: dict[str, Any], error: ValidationError) -> Iterator[str]:
    """Yield a sentence for each mistake in a site's table."""
    if "name" in table:
        yield f"{name}.name: there is no such key; allowed: {_keys(Site)}"
    for detail in error.errors():
        *tables, key = map(str, detail["loc"])
        model = TABLES[tables[0]] if tables else Site
        at = ".".join([name, *tables, key])
        if (tables, key) == (["ssh"], "host") and "host" not in table.get("ssh", {}):
            continue  # the site's own, which is told already
        if detail["type"] == "extra_forbidden":
            yield f"{at}: there is no such key; allowed: {_keys(model)}"
        elif key in TABLES and not tables:
            short = f'"{LETS_ENCRYPT}", or ' if key == "tls" else ""
            yield f"{at}: is {LINE.repr(detail['input'])}; allowed: {short}a table [{at}] with {_keys(TABLES[key])}"
        elif detail["type"] == "missing" or detail["input"] is None:
            yield f"{at}: is missing; needed: {model.model_fields[key].description}"
        else:
            allowed = model.model_fields[key].description
            value = "something else" if allowed in (FILE, SERVER_FILE, KEYS, HOST_KEY) else LINE.repr(detail["input"])
            yield f"{at}: is {value}; allowed: {allowed}"


def _keys(model: type[_Table]) -> str:
    return ", ".join(key for key in model.model_fields if (model, key) != (Site, "name"))


def _shared(sites: Collection[Site]) -> Iterator[str]:
    """Yield a sentence for each thing that production shares; no network is asked."""
    from acceptance import ssh_identity  # noqa: PLC0415 - only where there are sites: it loads all of SSH

    for production, other in _pairs(sites):
        if (production.host, production.port) == (other.host, other.port):
            yield f"{production.name}: has the same host and port as {other.name}{OWN}"
        if _machine(production) == _machine(other):
            yield _same_machine(production, other)
        if ssh_identity.same_key(production.ssh.key, other.ssh.key):
            yield f"{production.name}.ssh.key: is the same key as {other.name}.ssh.key{OWN}"
        named, others = set(production.ssh.keys), set(other.ssh.keys)
        if shared := (named & (others | _own(other))) | (others & _own(production)):
            yield f"{production.name}.ssh.keys: {other.name} lets in {', '.join(sorted(shared))} as well{OWN}"


def _own(site: Site) -> set[str]:
    """Return the public half of the key that logs in, where it can be read here."""
    from acceptance import ssh_identity  # noqa: PLC0415 - as above

    try:
        return {ssh_identity.authorized_keys_line(site.ssh.key)}
    except ssh_identity.IdentityError:
        return set()


def _second_containers(sites: Iterable[Site]) -> Iterator[str]:
    """Yield a sentence for each site whose container would take another's name on the same machine."""
    first: dict[tuple[str, int], str] = {}
    for site in sites:
        if site.runtime == "docker" and (other := first.setdefault(_machine(site), site.name)) != site.name:
            yield f"{site.name}.runtime: is docker as {other}'s on the same machine; allowed: one such site on each"


def machines_shared_by_address(sites: Iterable[Site], resolve: Callable[[str], set[str]] | None = None) -> list[str]:
    """Return a sentence for each machine that production shares under two names; asks the resolver."""
    pairs = [pair for pair in _pairs(sites) if pair[0].ssh.port == pair[1].ssh.port]
    known: dict[str, set[str]] = {}
    for host in {site.ssh.host: None for pair in pairs for site in pair}:
        try:
            known[host] = (resolve or addresses)(host)
        except OSError as error:
            trouble = f"{host} cannot be looked up now ({error}), so nobody knows whether production shares its machine"
            return [f"{trouble}. Try again once names are found, or give IP addresses"]
    return [_same_machine(*pair) for pair in pairs if known[pair[0].ssh.host] & known[pair[1].ssh.host]]


def addresses(host: str) -> set[str]:
    """Return the IP addresses of a host; none if its name is not known. Raises OSError where that cannot be told."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except socket.gaierror as error:
        if error.errno in UNKNOWN:
            return set()
        raise


def _pairs(sites: Iterable[Site]) -> list[tuple[Site, Site]]:
    """Return each production site with each site that is none."""
    sites = list(sites)
    return [(one, other) for one in sites if not one.disposable for other in sites if other.disposable]


def _machine(site: Site) -> tuple[str, int]:
    return site.ssh.host, site.ssh.port


def _same_machine(production: Site, other: Site) -> str:
    at = f"{production.ssh.host}, port {production.ssh.port}"
    return f"{production.name}.ssh: is the same machine as {other.name}.ssh ({at}){OWN}"
