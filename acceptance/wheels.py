"""The wheels of what the site needs, gathered here so that a build needs no network of its own."""

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from acceptance.folder_lock import alone_in

WHEELS = Path(__file__).resolve().parent.parent / "deploy" / "wheels"
REQUIREMENTS = WHEELS.parent.parent / "superlists" / "requirements.txt"
GLIBC = ("2014", "_2_17", "_2_28")


class WheelsError(Exception):
    """Wheels that are not to be had; says what pip said."""


def gather(python: str, requirements: str | None = None, machine: str = "") -> None:
    """Have the wheels that these requirements ask for, or the checkout's own, and no others.

    They are for this version of Python, on this kind of machine or else one like this.
    Raises WheelsError, and leaves those that are there.
    """
    with alone_in(WHEELS):
        _gather(python, requirements, machine)


def packed(python: str, requirements: str, machine: str = "") -> bytes:
    """Return the wheels that these requirements ask for as a tar archive, gathered if need be; raises WheelsError."""
    archive = BytesIO()
    # Another deploy from here, of other requirements, would take them away meanwhile.
    with alone_in(WHEELS), tarfile.open(fileobj=archive, mode="w") as tar:
        _gather(python, requirements, machine)
        for wheel in sorted(WHEELS.glob("*.whl")):
            tar.add(wheel, arcname=wheel.name)
    return archive.getvalue()


def _gather(python: str, requirements: str | None, machine: str) -> None:
    wanted = REQUIREMENTS.read_text() if requirements is None else requirements
    machine = machine or platform.machine()
    done = WHEELS / f"{python}-{hashlib.sha256(f'{machine} {wanted}'.encode()).hexdigest()[:12]}.done"
    if done.exists():
        return
    with TemporaryDirectory() as folder:
        asked = Path(folder, REQUIREMENTS.name)
        asked.write_text(wanted)
        command = _command(python, machine, asked)
        download = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if download.returncode:
            raise WheelsError(f"The wheels could not be downloaded here. pip said: {download.stderr.strip()[-300:]}")
        # First what vouches for them: killed in between, an emptied folder would pass for a whole one.
        ours = [path for path in WHEELS.iterdir() if path.suffix in (".done", ".whl")]
        for old in sorted(ours, key=lambda path: path.suffix != ".done"):
            old.unlink()
        for wheel in Path(folder).glob("*.whl"):
            shutil.move(wheel, WHEELS)
    done.touch()


def _command(python: str, machine: str, requirements: Path) -> list[str]:
    wanted = ["--only-binary=:all:", f"--python-version={python}"]
    wanted += [f"--platform=manylinux{glibc}_{machine.replace('arm64', 'aarch64')}" for glibc in GLIBC]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *(*wanted, "--dest=.", f"--requirement={requirements}"),
    ]
