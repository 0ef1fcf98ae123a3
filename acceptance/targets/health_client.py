"""What a site says of itself on /health/, and plain requests to it; the same for every target."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from acceptance.project import project
from acceptance.proxies import is_this_machine

TIMEOUT_S = 10.0
KEYS = {"healthy", "site", "environment", "release"}


@dataclass(frozen=True)
class SiteIdentity:
    """Which site this is, as it says itself on /health/."""

    name: str
    environment: str
    release: str


def health(base_url: str, authority: Path | None = None) -> dict[str, Any]:
    """Return what the site says, well or not; raises OSError when nobody answers, ValueError for another's answer.

    A certificate is verified, by this authority besides the usual ones.
    """
    url = base_url + project().health_path
    answer = visit(url, authority)
    try:
        status = answer.json()
    except requests.exceptions.JSONDecodeError:
        status = None
    if not isinstance(status, dict) or not set(status) >= KEYS:
        raise ValueError(f"{url} answers, but not as a site of {project().name} does: {answer.text[:200]!r}")
    return status


def page(url: str, authority: Path | None = None) -> str:
    """Return what stands at an address; raises OSError, also for an answer that is an error."""
    answer = visit(url, authority)
    answer.raise_for_status()
    return answer.text


def visit(url: str, authority: Path | None = None, *, within_s: float = TIMEOUT_S) -> requests.Response:
    """Return the answer to a plain GET, whatever it is; raises OSError when nobody answers in HTTP."""
    with requests.Session() as session:
        # Of the environment, neither a .netrc nor what stands between a run and its own machine.
        session.trust_env = False
        session.proxies = {} if is_this_machine(urlsplit(url).hostname or "") else get_environ_proxies(url)
        if url.startswith("https:"):
            session.mount("https://", _TrustingAdapter(authority))
        try:
            return session.get(url, timeout=within_s)
        except requests.exceptions.RequestException as error:
            raise OSError(_reason(error)) from error


def _reason(error: requests.exceptions.RequestException) -> str:
    """Return why there is no answer, without the names of the objects that found out."""
    cause = error.args[0] if error.args else error
    reason = str(getattr(cause, "reason", cause))
    return reason.partition("): ")[2] or reason


def identity(status: dict[str, Any]) -> SiteIdentity:
    """Return which site says this of itself."""
    return SiteIdentity(status["site"], status["environment"], status["release"])


class _TrustingAdapter(HTTPAdapter):
    """Trusts the system's authorities, and one more if there is one."""

    def __init__(self, authority: Path | None) -> None:
        self._context = ssl.create_default_context()
        if authority:
            self._context.load_verify_locations(authority)
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ssl_context=self._context)
