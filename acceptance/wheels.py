"""The wheels of what the site needs, gathered here so that a build or a server needs no package index."""

import hashlib
import platform
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

from acceptance.project import project

GLIBC = ("2014", "_2_17", "_2_28")


class WheelsError(Exception):
    """Wheels that could not be downloaded; says what pip said."""


def gather(python: str, requirements: str | None = None, machine: str = "") -> None:
    """Have the wheels that these requirements ask for, or the checkout's own, and no others.

    They are for this version of Python, on this kind of machine or else one like this.
    Raises WheelsError, and leaves those that are there.
    """
    with _locked() as folder:
        _gather(folder, python, requirements, machine)


def packed(python: str, requirements: str, machine: str = "") -> bytes:
    """Return the wheels that these requirements ask for as a tar archive, gathered if need be; raises WheelsError."""
    archive = BytesIO()
    # Another deploy from here, of other requirements, would take them away meanwhile.
    with _locked() as folder, tarfile.open(fileobj=archive, mode="w") as tar:
        _gather(folder, python, requirements, machine)
        for wheel in sorted(folder.glob("*.whl")):
            tar.add(wheel, arcname=wheel.name)
    return archive.getvalue()


@contextmanager
def _locked() -> Iterator[Path]:
    folder = project().root / project().image.wheels
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        yield folder


def _gather(folder: Path, python: str, requirements: str | None, machine: str) -> None:
    declared = project().root / project().image.requirements
    lines = declared.read_text() if requirements is None else requirements
    machine = machine or platform.machine()
    done = folder / f"{python}-{hashlib.sha256(f'{machine} {lines}'.encode()).hexdigest()[:12]}.done"
    if done.exists():
        return
    with TemporaryDirectory() as downloads:
        requirements_file = Path(downloads, declared.name)
        requirements_file.write_text(lines)
        command = _command(python, machine, requirements_file)
        download = subprocess.run(command, cwd=downloads, capture_output=True, text=True, check=False)
        if download.returncode:
            raise WheelsError(f"The wheels could not be downloaded here. pip said: {download.stderr.strip()[-300:]}")
        # First what vouches for them: killed in between, an emptied folder would pass for a whole one.
        ours = [path for path in folder.iterdir() if path.suffix in (".done", ".whl")]
        for old in sorted(ours, key=lambda path: path.suffix != ".done"):
            old.unlink()
        for wheel in Path(downloads).glob("*.whl"):
            shutil.move(wheel, folder)
    done.touch()


def _command(python: str, machine: str, requirements: Path) -> list[str]:
    options = ["--only-binary=:all:", f"--python-version={python}"]
    options += [f"--platform=manylinux{glibc}_{machine.replace('arm64', 'aarch64')}" for glibc in GLIBC]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *(*options, "--dest=.", f"--requirement={requirements}"),
    ]
