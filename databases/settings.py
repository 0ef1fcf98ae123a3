"""How one service is set up: read once from the environment, with all mistakes reported together."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Self

import pydantic_settings
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LEAST_PORT, LAST_PORT = 1024, 65535
PREFIX = "DATABASES_"


class SettingsError(Exception):
    """Settings that nothing can be started with; one line for each mistake."""


def _absolute(folder: Path) -> Path:
    if not folder.is_absolute():
        raise ValueError("allowed: a folder's full path")
    return folder


def _ports(value: Any) -> Any:
    if isinstance(value, range):
        return value
    if found := re.fullmatch(r"(\d{1,5})-(\d{1,5})", str(value), re.ASCII):
        first, last = int(found[1]), int(found[2])
        if LEAST_PORT <= first <= last <= LAST_PORT:
            return range(first, last + 1)
    raise ValueError(f"allowed: a range within {LEAST_PORT}-{LAST_PORT}, such as 20000-20999")


class Settings(BaseSettings):
    """Where databases are kept, and what each may use; each field is a variable that begins with DATABASES_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, arbitrary_types_allowed=True)

    # The folder that everything is kept in.
    root: Annotated[Path, AfterValidator(_absolute)]
    image: Annotated[str, Field(pattern=r"^[a-z0-9][A-Za-z0-9_./:@-]{0,250}$")] = "databases-postgres"
    # The address of this machine that the ports are published at.
    listen: IPv4Address = IPv4Address("127.0.0.1")
    # What clients are told to connect to, where that is not `listen`.
    host: Annotated[str, Field(pattern=r"^([A-Za-z0-9][A-Za-z0-9.-]{0,252})?$")] = ""
    # Below those that a system gives to outgoing connections.
    ports: Annotated[range, NoDecode, BeforeValidator(_ports)] = range(20000, 21000)
    limit: Annotated[int, Field(ge=1, le=1000)] = 20
    memory_mb: Annotated[int, Field(ge=64)] = 256
    # Whether what was committed outlives a loss of power.
    durable: bool = True
    # Labels on every container, besides those of this package; in the environment as JSON.
    labels: Mapping[str, str] = {}

    @property
    def client_host(self) -> str:
        """What clients connect to."""
        return self.host or str(self.listen)

    @property
    def local_address(self) -> str:
        """The address at which this machine itself reaches the databases."""
        return "127.0.0.1" if self.listen.is_unspecified else str(self.listen)

    @model_validator(mode="after")
    def _host_is_known(self) -> Self:
        if self.listen.is_unspecified and not self.host:
            raise ValueError("DATABASES_HOST: is needed where DATABASES_LISTEN means every address")
        return self

    @classmethod
    def read(cls) -> "Settings":
        """Return the settings of the environment; raises SettingsError that names each mistake and what is allowed."""
        try:
            return cls()  # type: ignore[call-arg] # the environment has the rest
        except ValidationError as error:
            raise SettingsError("\n".join(map(_described, error.errors()))) from None
        except pydantic_settings.SettingsError as error:
            raise SettingsError(f"DATABASES_LABELS: is no JSON: {error.__cause__}; allowed: an object") from None


def _described(mistake: Any) -> str:
    message = mistake["msg"].removeprefix("Value error, ")
    if not mistake["loc"]:
        return str(message)
    variable = f"{PREFIX}{'.'.join(map(str, mistake['loc']))}".upper()
    if mistake["type"] == "missing":
        return f"{variable}: is not set"
    return f"{variable}: {mistake['input']!r}: {message}"
