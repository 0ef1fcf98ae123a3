"""The wheels of what the site needs, gathered here so that a build or a server needs no package index."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock
from packaging.markers import Marker

from acceptance.project import project

GLIBC = ("2014", "_2_17", "_2_28")
# A requirement, the condition that it is asked for on, and its hashes.
CONDITIONAL = re.compile(r"([^#;]+);([^#]*?)(--hash.*)?")


class WheelsError(Exception):
    """Wheels that could not be downloaded; says what pip said."""


def gather(python: str, requirements: str | None = None, machine: str = "") -> None:
    """Have the wheels that these requirements ask for, or the checkout's own, and no others.

    They are for this version of Python, on this kind of machine or else one like this.
    Raises WheelsError, and leaves those that are there.
    """
    with _gathered(python, requirements, machine):
        pass


def packed(python: str, requirements: str, machine: str = "") -> bytes:
    """Return the wheels that these requirements ask for as a tar archive, gathered if need be; raises WheelsError."""
    archive = BytesIO()
    # Another deploy from here, of other requirements, would take them away meanwhile.
    with _gathered(python, requirements, machine) as folder, tarfile.open(fileobj=archive, mode="w") as tar:
        for wheel in sorted(folder.glob("*.whl")):
            tar.add(wheel, arcname=wheel.name)
    return archive.getvalue()


@contextmanager
def _gathered(python: str, requirements: str | None, machine: str) -> Iterator[Path]:
    """Give the folder with the wheels, locked."""
    root, declared = project().root, project().image
    lines = (root / declared.requirements).read_text() if requirements is None else requirements
    machine = machine or platform.machine()
    folder = root / declared.wheels
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / f"{python}-{hashlib.sha256(f'{machine} {lines}'.encode()).hexdigest()[:12]}.done"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            _download(folder, lines, python, machine)
            done.touch()
        yield folder


def _download(folder: Path, requirements: str, python: str, machine: str) -> None:
    with TemporaryDirectory() as downloads:
        file = Path(downloads, "requirements.txt")
        file.write_text(_asked_for(requirements, python))
        command = _command(python, machine, file)
        download = subprocess.run(command, cwd=downloads, capture_output=True, text=True, check=False)
        if download.returncode:
            raise WheelsError(f"The wheels could not be downloaded here. pip said: {download.stderr.strip()[-300:]}")
        # First what vouches for them: killed in between, an emptied folder would pass for a whole one.
        for old in [*folder.glob("*.done"), *folder.glob("*.whl")]:
            old.unlink()
        for wheel in Path(downloads).glob("*.whl"):
            shutil.move(wheel, folder)


def _asked_for(requirements: str, python: str) -> str:
    """Return what is asked for where this Python runs: pip would judge by the Python that it runs on itself."""
    there = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    lines = requirements.replace("\\\n", " ").splitlines()
    for at, line in enumerate(lines):
        if found := CONDITIONAL.fullmatch(line):
            what, condition, hashes = found.groups()
            lines[at] = f"{what}{hashes or ''}" if Marker(condition).evaluate(there) else ""
    return "\n".join([*filter(None, lines), ""])


def _command(python: str, machine: str, requirements: Path) -> list[str]:
    options = ["--only-binary=:all:", f"--python-version={python}"]
    options += [f"--platform=manylinux{glibc}_{machine.replace('arm64', 'aarch64')}" for glibc in GLIBC]
    if "--hash=" in requirements.read_text():
        # All is pinned, so all is listed; what each asks for besides, pip would judge by its own Python as well.
        options.append("--no-deps")
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *(*options, "--dest=.", f"--requirement={requirements}"),
    ]
