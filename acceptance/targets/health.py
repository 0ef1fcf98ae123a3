"""What a site says of itself on /health/; the same for every target."""

import json
import ssl
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

from acceptance.proxies import is_this_machine
from acceptance.targets.base import SiteIdentity

PATIENCE_S = 10
SAID = {"healthy", "site", "environment", "release"}


def health(base_url: str, authority: Path | None = None) -> dict[str, Any]:
    """Return what the site says, well or not; raises OSError when nobody answers, ValueError for another's answer.

    A certificate is verified, by this authority besides the usual ones.
    """
    text = _answer(f"{base_url}/health/", authority)
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or not set(said) >= SAID:
        raise ValueError(f"{base_url}/health/ answers, but not as a Superlists site does: {text[:200]!r}")
    return said


def page(url: str, authority: Path | None = None) -> str:
    """Return what stands at an address; raises OSError, also for an answer that is an error."""
    with _opener(url, authority).open(url, timeout=PATIENCE_S) as answer:
        return str(answer.read().decode(errors="replace"))


def visit(url: str, authority: Path | None = None, *, within_s: float = PATIENCE_S) -> None:
    """Ask for a page as anyone may, whatever is said; raises OSError when nobody answers."""
    try:
        with _opener(url, authority).open(url, timeout=within_s):
            pass
    except HTTPError as error:
        error.close()
    except HTTPException as error:
        raise ConnectionError(f"{url} is answered in something else than HTTP: {error!r}") from error


def identity(said: dict[str, Any]) -> SiteIdentity:
    """Return which site it is that said so."""
    return SiteIdentity(said["site"], said["environment"], said["release"])


def _answer(url: str, authority: Path | None) -> bytes:
    try:
        with _opener(url, authority).open(url, timeout=PATIENCE_S) as answer:
            return bytes(answer.read())
    except HTTPError as error:
        with error:
            return error.read()
    except OSError:
        raise
    except HTTPException as error:
        raise ValueError(f"{url} is answered in something else than HTTP: {error!r}") from error


def _opener(url: str, authority: Path | None = None) -> OpenerDirector:
    proxies = ProxyHandler({}) if is_this_machine(urlsplit(url).hostname or "") else ProxyHandler()
    trusted = ssl.create_default_context()
    if authority:
        trusted.load_verify_locations(authority)
    return build_opener(proxies, HTTPSHandler(context=trusted))
