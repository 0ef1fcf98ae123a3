"""Have the base of all images: one that is there, a registry's, or one made of Debian's packages."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import DockerClient

from acceptance.docker_client import EngineError, connect
from acceptance.images import base_image
from acceptance.project import project
from scripts.apt_install import install, privilege, say, succeeds
from scripts.container_engine import exit_code

SUITE, PYTHON = "bookworm", "3.11"
PACKAGES = ("ca-certificates", "python3", "python3-venv", "python3-pip")


def main() -> int:
    """Make the base image if need be; return 0 when there is one."""
    return exit_code(ensure)


def ensure() -> None:
    """See to it that there is a base image; raises EngineError."""
    engine = connect()
    try:
        base_image(engine)
    except EngineError:
        if not (shutil.which("mmdebstrap") or install("mmdebstrap")) or not _made(engine):
            raise


def _made(engine: DockerClient) -> bool:
    """Make the base of the system's packages; tell whether that went well."""
    rights = privilege()
    if rights is None:
        return False
    own_base = project().image.bases[-1]
    say(f"No registry answers; making {own_base} from Debian's packages…")
    with TemporaryDirectory() as folder:
        packed = Path(folder, "base.tar")
        command = ["mmdebstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", SUITE, str(packed)]
        if not succeeds([*rights, *command]):
            return False
        repository, _, tag = own_base.partition(":")
        # As python:3.13-slim says it: nobody has to start a container to find out.
        said = [f"ENV PYTHON_VERSION={PYTHON}"]
        engine.api.import_image_from_file(str(packed), repository=repository, tag=tag, changes=said)
    return True


if __name__ == "__main__":
    sys.exit(main())
