"""The image of a commit: built here, of the committed code alone, and packed without what a machine has already."""

import json
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from docker import DockerClient
from docker.errors import DockerException

from acceptance.container_engine import EngineError, connect
from acceptance.images import Recipe, base_image, build, python_of, remove_old_images
from acceptance.wheels import WheelsError, packed
from deploy.source import DOCKERFILE, Code

NAME = "superlists-release"
# Where the build looks for them, as in the checkout.
WHEELS_THERE = Path("deploy", "wheels")
MANIFEST = "manifest.json"


@contextmanager
def built(code: Code) -> Iterator[IO[bytes]]:
    """Build the image of this commit, and yield it saved as a tar archive; raises EngineError."""
    engine = connect()
    try:
        tag = f"{NAME}:{code.commit}"
        _build(engine, code, tag)
        with TemporaryFile() as saved:
            for piece in engine.api.get_image(tag):
                saved.write(piece)
            yield saved
    except DockerException as error:
        raise EngineError(f"The container engine refused: {error}") from error
    finally:
        engine.close()


@contextmanager
def needed(saved: IO[bytes], known: Iterable[str]) -> Iterator[IO[bytes]]:
    """Yield a saved image without the layers that lie on top of each other in an image that is there.

    `known` has a JSON list for each of those, of its layers from the lowest. The engine reads no layer it has.
    """
    saved.seek(0)
    with tarfile.open(fileobj=saved) as whole, TemporaryFile() as file:
        left_out = _left_out(whole, [json.loads(line) for line in known])
        with tarfile.open(fileobj=file, mode="w") as part:
            for member in whole:
                if member.name not in left_out:
                    part.addfile(member, whole.extractfile(member) if member.isfile() else None)
        file.seek(0)
        yield file


def _left_out(whole: tarfile.TarFile, known: list[list[str]]) -> set[str]:
    """Return the names of the files of layers that are there."""
    [described] = json.loads(_text(whole, MANIFEST))
    layers: list[str] = json.loads(_text(whole, described["Config"]))["rootfs"]["diff_ids"]
    shared = max((_alike(layers, there) for there in known), default=0)
    # One file may stand for two layers that are alike; it stays while one of them is needed.
    return set(described["Layers"][:shared]) - set(described["Layers"][shared:])


def _alike(one: list[str], other: list[str]) -> int:
    """Return how many layers two images have in common, from the lowest."""
    for number, (mine, its) in enumerate(zip(one, other, strict=False)):
        if mine != its:
            return number
    return min(len(one), len(other))


def _text(whole: tarfile.TarFile, name: str) -> bytes:
    file = whole.extractfile(name)
    if file is None:
        raise EngineError(f"The saved image has no file {name}")
    return file.read()


def _build(engine: DockerClient, code: Code, tag: str) -> None:
    base = base_image(engine)
    with TemporaryDirectory() as folder:
        _unpack(code.archive, Path(folder))
        try:
            _unpack(packed(python_of(engine, base), code.requirements), folder / WHEELS_THERE)
        except WheelsError as error:
            # Those of another commit would keep the build from an index that it may reach.
            print(f"{error}\nThe build will try.")
        build(engine, Recipe("release", Path(folder), DOCKERFILE), base, tag, release=code.commit).tag(*tag.split(":"))
    remove_old_images(engine, keep=tag)


def _unpack(files: bytes, into: Path) -> None:
    with tarfile.open(fileobj=BytesIO(files)) as archive:
        archive.extractall(into, filter="data")
