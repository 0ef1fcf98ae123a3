"""Tells a browser of a certificate authority to trust: certutil writes it into a database that the browser reads."""

import shutil
import subprocess
from pathlib import Path

from acceptance.browsers.base import BrowserError

CERTUTIL = "certutil"
CERTUTIL_ADVICE = f"{CERTUTIL} tells the browser of it, and is not there: sudo apt-get install libnss3-tools"
CERTUTIL_TIMEOUT_S = 20


def unusable(authority: Path, search_path: str) -> str:
    """Return why a browser could not be told of this certificate authority; nothing when it could."""
    if not authority.is_file():
        return f"there is no file {authority}, the site's own certificate authority"
    found = shutil.which(CERTUTIL, path=search_path)
    return "" if found else f"the site has its own certificate authority. {CERTUTIL_ADVICE}"


def write(authority: Path, database: Path) -> None:
    """Write an authority into a new database of NSS in this folder; raises BrowserError."""
    database.mkdir(parents=True, exist_ok=True)
    _certutil("-N", "--empty-password", database=database)
    # C: vouches for servers, and for nothing else.
    _certutil("-A", "-t", "C,,", "-n", "authority", "-i", str(authority), database=database)


def _certutil(*arguments: str, database: Path) -> None:
    command = [CERTUTIL, "-d", f"sql:{database}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=CERTUTIL_TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrowserError(f"{CERTUTIL_ADVICE} ({error})") from error
    if done.returncode:
        raise BrowserError(f"The browser cannot be told of the site's authority: {done.stderr.strip()}")
