"""What is deployed: the committed code of a checkout, and nothing else."""

import subprocess
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from acceptance.ssh import Server
from deploy.site_layout import SiteLayout

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = "deploy/Dockerfile"
# The site and what serves it, as in the image.
SENT = (
    "manage.py",
    "superlists",
    "acceptance/__init__.py",
    "acceptance/django_app",
    "deploy/gunicorn.conf.py",
    DOCKERFILE,
)
REQUIREMENTS = "superlists/requirements.txt"


class CodeError(Exception):
    """The checkout cannot be deployed as it is; says why, and what is allowed."""


@dataclass(frozen=True)
class Origin:
    """Another site on its server, which has the release: there is nothing to build, and nothing to download."""

    server: Server
    layout: SiteLayout


@dataclass(frozen=True)
class Code:
    """One commit: its short name, and its files as a tar archive; and where it is brought from, ready to run."""

    commit: str
    archive: bytes
    origin: Origin | None = None

    @property
    def requirements(self) -> str:
        """What this commit's site asks for; raises CodeError."""
        with tarfile.open(fileobj=BytesIO(self.archive)) as tar:
            try:
                file = tar.extractfile(REQUIREMENTS)
            except KeyError:
                file = None
            if file is None:
                raise CodeError(f"The commit {self.commit} has no {REQUIREMENTS}")
            return file.read().decode()


def committed(root: Path = ROOT, *, dirty: bool = False) -> Code:
    """Return what was committed last; raises CodeError when files were changed since, unless that is `dirty`'s wish."""
    changed = _git(root, "status", "--porcelain", "--untracked-files=no").decode().rstrip()
    if changed and not dirty:
        raise CodeError(
            f"These files were changed since the last commit:\n{changed}\n"
            "Commit them, or deploy what is committed without them: --dirty"
        )
    commit = _git(root, "rev-parse", "--short=12", "HEAD").decode().strip()
    return Code(commit, _git(root, "archive", "--format=tar", "HEAD", "--", *SENT))


def _git(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False, timeout=60)
    if done.returncode:
        raise CodeError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
