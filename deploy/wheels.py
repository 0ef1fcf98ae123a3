"""The wheels of what the site needs, gathered here so that a build needs no network of its own."""

import hashlib
import platform
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

WHEELS = Path(__file__).resolve().parent / "wheels"
REQUIREMENTS = WHEELS.parent.parent / "superlists" / "requirements.txt"


def gather(python: str) -> None:
    """Download the wheels for this version of Python, unless that was done.

    Where it fails the build itself may still reach an index, so that is only told.
    """
    done = WHEELS / f"{python}-{hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]}.done"
    if done.exists():
        return
    WHEELS.mkdir(exist_ok=True)
    for old in WHEELS.iterdir():
        old.unlink()
    download = subprocess.run(_command(python), capture_output=True, text=True, check=False)
    if download.returncode:
        print(
            f"The wheels could not be downloaded here; the build will try. pip said: {download.stderr.strip()[-300:]}"
        )
    else:
        done.touch()


def packed() -> bytes:
    """Return the wheels as a tar archive."""
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for wheel in sorted(WHEELS.glob("*.whl")):
            tar.add(wheel, arcname=wheel.name)
    return archive.getvalue()


def _command(python: str) -> list[str]:
    machine = platform.machine().replace("arm64", "aarch64")
    wanted = ["--only-binary=:all:", f"--python-version={python}"]
    wanted += [f"--platform=manylinux{glibc}_{machine}" for glibc in ("2014", "_2_17", "_2_28")]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *(*wanted, f"--dest={WHEELS}", f"--requirement={REQUIREMENTS}"),
    ]
