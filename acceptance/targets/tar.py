"""A file to be put into a container, as the engine takes it."""

import tarfile
from io import BytesIO


def packed(path: str, text: str) -> bytes:
    """Return an archive of one file that anyone in the container may read: it holds nobody else."""
    archive = BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as writing:
        entry = tarfile.TarInfo(path)
        entry.size = len(text.encode())
        writing.addfile(entry, BytesIO(text.encode()))
    return archive.getvalue()
