"""An authority of the site's own, which a browser is told of; it goes on refusing every other certificate."""

import shutil
import subprocess
from pathlib import Path

# Chromium asks the user's database of NSS, below the home folder.
DATABASE = Path(".pki", "nssdb")
PROGRAM = "certutil"
ADVICE = f"{PROGRAM} tells the browser of it, and is not there: sudo apt-get install libnss3-tools"
PATIENCE_S = 20


class AuthorityError(Exception):
    """An authority that the browser cannot be told of."""


def mistake(authority: Path, search_path: str) -> str:
    """Return why a browser could not be told of this authority; nothing when it could."""
    if not authority.is_file():
        return f"there is no file {authority}, the site's own certificate authority"
    return "" if shutil.which(PROGRAM, path=search_path) else f"the site has its own certificate authority. {ADVICE}"


def trust(authority: Path, home: Path) -> None:
    """Let browsers with this home folder trust the authority; raises AuthorityError."""
    database = home / DATABASE
    database.mkdir(parents=True)
    _certutil("-N", "--empty-password", database=database)
    # C: vouches for servers, and for nothing else.
    _certutil("-A", "-t", "C,,", "-n", "authority", "-i", str(authority), database=database)


def _certutil(*arguments: str, database: Path) -> None:
    command = [PROGRAM, "-d", f"sql:{database}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise AuthorityError(f"{ADVICE} ({error})") from error
    if done.returncode:
        raise AuthorityError(f"The browser cannot be told of the site's authority: {done.stderr.strip()}")
