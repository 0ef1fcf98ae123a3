"""The proof that a release serves: its health, and the smoke run from here."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.images import ROOT
from deploy.sites import Site
from features.targets.health import health
from features.waiting import NotSeenError, eventually

HEALTHY_WITHIN_S = 30
SMOKE_LIMIT_S = 300


class ProofError(Exception):
    """A release that does not serve as it should; says what was seen."""


def prove(site: Site, release: str, sites: Path, say: Callable[[str], None]) -> None:
    """Return once the site is healthy with this release and its smoke run passes; raises ProofError."""
    healthy(site, release)
    say(f"{site.base_url} is healthy with {release}; the smoke run…")
    smoke(site, sites, say)


def is_well(site: Site, release: str) -> bool:
    """Tell whether the site says just now that it is healthy with this release."""
    return _is_well(_look(site), release)


def healthy(site: Site, release: str) -> None:
    """Return once the site says that it is healthy with this release; raises ProofError."""
    try:
        eventually(
            lambda: _look(site),
            lambda said: _is_well(said, release),
            what=f"{site.base_url}/health/ to be well with {release}",
            within_s=HEALTHY_WITHIN_S,
        )
    except NotSeenError as error:
        raise ProofError(str(error)) from error


def _look(site: Site) -> dict[str, Any]:
    try:
        return health(site.base_url, site.authority)
    except (OSError, ValueError) as error:
        return {"no answer": str(error)}


def _is_well(said: dict[str, Any], release: str) -> bool:
    return bool(said.get("healthy")) and said.get("release") == release


def smoke(site: Site, sites: Path, say: Callable[[str], None]) -> None:
    """Run the @smoke scenarios on the site; raises ProofError with what behave printed."""
    settings = ["-D", f"target={site.name}", "-D", f"sites={sites}"]
    command = [sys.executable, "-m", "behave", "--tags=@smoke", "--no-color", *settings]
    try:
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=SMOKE_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise ProofError(f"The smoke run took more than {SMOKE_LIMIT_S} s.") from error
    if ran.returncode:
        raise ProofError(f"The smoke run failed with exit code {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    say(ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else "It passed.")
