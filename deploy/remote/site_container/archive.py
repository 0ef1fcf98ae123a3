"""An image on its way to the engine, which would otherwise take every image, and every name, that an archive has."""

import io
import json
import os
import posixpath
import select
import tarfile
from typing import IO, Protocol

from .engine import Refused

MANIFEST = "manifest.json"
# Where names can stand as well; the engine does without them.
ALSO_NAMING = ("repositories", "index.json", "oci-layout")
MANIFEST_LIMIT = 1_000_000
# A link that was cut looks like silence.
SILENCE_S = 60


class Source(Protocol):
    """What an archive is read from; a piece may be shorter than was asked for."""

    def read(self, size: int) -> bytes:
        """Return what comes next; nothing at the end."""


class Arriving:
    """Standard input, as long as something comes."""

    def read(self, size: int) -> bytes:
        """Return what came; raises Refused when nothing does for long."""
        if not select.select([0], [], [], SILENCE_S)[0]:
            raise Refused(f"nothing came any more, for {SILENCE_S} s")
        return os.read(0, size)


def hand_on(source: Source, engine: "IO[bytes]", tag: str) -> None:
    """Hand on the image of this name; raises Refused for any other archive, before the engine knows of a name."""
    manifest = b""
    try:
        # Written anew, member by member: the engine reads nothing in it that was not read here.
        with tarfile.open(fileobj=source, mode="r|") as whole, tarfile.open(fileobj=engine, mode="w|") as part:  # type: ignore[call-overload]
            for member in whole:
                name = posixpath.normpath(f"/{member.name}").lstrip("/")
                if name == MANIFEST:
                    manifest = _read(whole, member)
                elif name not in ALSO_NAMING:
                    _copy(whole, member, part, name)
            _add(part, MANIFEST, _of_one(manifest, tag))
    except (tarfile.TarError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise Refused(f"what was sent is not {tag}, saved by an engine: {error}") from error


def _of_one(manifest: bytes, tag: str) -> bytes:
    """Return what the engine is told: where the image's parts are in the archive, and this name alone."""
    [described] = json.loads(manifest)
    if described["RepoTags"] != [tag]:
        raise ValueError(f"it is named {described['RepoTags']}")
    return json.dumps([{"Config": described["Config"], "RepoTags": [tag], "Layers": described["Layers"]}]).encode()


def _read(whole: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = whole.extractfile(member) if member.isreg() and member.size <= MANIFEST_LIMIT else None
    if file is None:
        raise ValueError(f"its {MANIFEST} is none")
    return file.read()


def _copy(whole: tarfile.TarFile, member: tarfile.TarInfo, part: tarfile.TarFile, name: str) -> None:
    fresh = tarfile.TarInfo(name)
    if member.isreg():
        fresh.size = member.size
        part.addfile(fresh, whole.extractfile(member))
    elif member.issym():
        # So engines save a layer that is in an image twice.
        fresh.type, fresh.linkname = tarfile.SYMTYPE, member.linkname
        part.addfile(fresh)


def _add(part: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    part.addfile(entry, io.BytesIO(content))
