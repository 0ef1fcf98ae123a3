"""What a site says of itself on /health/; the same for every target."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from features.targets.base import SiteIdentity

PATIENCE_S = 10


def health(base_url: str) -> dict[str, Any]:
    """Return what the site says, well or not; raises OSError when nobody answers, ValueError for another's answer."""
    try:
        with urlopen(f"{base_url}/health/", timeout=PATIENCE_S) as answer:  # noqa: S310 - the target's own address
            said: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        with error:
            said = json.load(error)
    return said


def identity(said: dict[str, Any]) -> SiteIdentity:
    """Return which site it is that said so."""
    return SiteIdentity(said["site"], said["environment"], said["release"])
