"""What can be said of the database of a run's own site, and what of it does not fit together."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from acceptance.setting_values import one_of, web_address

TOKEN = "DATABASES_TOKEN"  # noqa: S105 - its name
POSTGRES = "postgres"


def a_service(text: str) -> str:
    """Return where a service of databases is; nothing where none is meant."""
    return web_address("http://127.0.0.1:8700", f"an address, and {TOKEN}")(text).rstrip("/")


SETTINGS: dict[str, Callable[[str], Any]] = {
    "database": one_of({name: name for name in ("sqlite", POSTGRES)}),
    "databases.url": a_service,
}


def mistakes(values: Mapping[str, Any], environ: Mapping[str, str]) -> Iterator[str]:
    """Go through what does not fit; `values` are the fields of a run's settings, as far as they could be read."""
    if not values.get("databases_url"):
        return
    if values.get("database", POSTGRES) != POSTGRES:
        yield f"databases.url: means something with database={POSTGRES} only; allowed here: nothing"
    if not environ.get(TOKEN):
        yield f"databases.url: a service of databases needs a token: {TOKEN} is not set in the environment"
