"""The image of a commit: built here, of the committed code alone, and packed without what a server has already."""

import hashlib
import json
import tarfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, cast

from docker import DockerClient
from docker.errors import DockerException
from docker.models.images import Image

from acceptance.docker_client import EngineError, connect
from acceptance.images import Recipe, base_image, build, python_of, remove_old_images
from acceptance.wheelhouse import WheelsError, packed
from deploy.source import DOCKERFILE, Code

NAME = "superlists-release"
# Where the build looks for them, as in the checkout.
WHEELS_THERE = Path("deploy", "wheels")
SOURCE = "/src"
STATIC = f"{SOURCE}/static/."
OCI = "application/vnd.oci.image"
LAYER = "layer.v1.tar"
GZIP = b"\x1f\x8b"


@contextmanager
def release_image(code: Code, known: Collection[str]) -> Iterator[tuple[IO[bytes], int, bytes]]:
    """Build the image of this commit; yield it as an OCI layout, that file's size, and its static files.

    Raises EngineError.
    """
    engine = connect()
    try:
        tag = f"{NAME}:{code.commit}"
        _build(engine, code, tag)
        with TemporaryFile() as saved, TemporaryFile() as layout:
            image = engine.images.get(tag)
            if _is_known_but_for_source(image, known):
                write_source(image.attrs, _files(engine, tag, SOURCE), layout)
            else:
                for piece in engine.api.get_image(tag):
                    saved.write(piece)
                write_layout(saved, known, layout)
            size = layout.tell()
            layout.seek(0)
            yield layout, size, _files(engine, tag, STATIC)
    except DockerException as error:
        raise EngineError(f"The container engine refused: {error}") from error
    finally:
        engine.close()


def _is_known_but_for_source(image: Image, known: Collection[str]) -> bool:
    """Tell whether all layers are known but the last, and that one holds the source and nothing else.

    Then nobody has to wait until the engine has saved all of it: the last layer is what is in that folder.
    """
    *below, _ = image.attrs["RootFS"]["Layers"]
    # The steps that only describe the image make no layer.
    made_by = next(str(step["CreatedBy"]) for step in image.history() if step["Size"]).split()
    return set(below) <= set(known) and "COPY" in made_by and made_by[-2:] == ["in", SOURCE]


def write_source(inspected: dict[str, Any], source: bytes, layout: IO[bytes]) -> None:
    """Write an OCI layout of an image as the engine describes it, whose last layer is this tar archive.

    The layers below are only named: whoever has them needs no blob.
    """
    *below, _ = inspected["RootFS"]["Layers"]
    digests = [*below, f"sha256:{hashlib.sha256(source).hexdigest()}"]
    config = {
        "architecture": inspected["Architecture"],
        "os": inspected["Os"],
        "created": inspected["Created"],
        "config": inspected["Config"],
        "rootfs": {"type": "layers", "diff_ids": digests},
    }
    with tarfile.open(fileobj=layout, mode="w:gz", compresslevel=1) as out:
        named = [_described(LAYER, digest, 0) for digest in below]
        _write(out, json.dumps(config).encode(), [*named, _blob(out, LAYER, source)])


def write_layout(saved: IO[bytes], known: Collection[str], layout: IO[bytes]) -> None:
    """Write a saved image as an OCI layout, a gzipped tar archive, without the layers that are known.

    Those are named by the digests of what is in them, as the image names its own. Whoever has them needs no blob.
    """
    saved.seek(0)
    with tarfile.open(fileobj=saved) as image, tarfile.open(fileobj=layout, mode="w:gz", compresslevel=1) as out:
        [described] = json.loads(_file(image, "manifest.json").read())
        config = _file(image, described["Config"]).read()
        digests = json.loads(config)["rootfs"]["diff_ids"]
        layers = [
            _described(LAYER, digest, 0) if digest in known else _layer(_file(image, name), digest, out)
            for name, digest in zip(described["Layers"], digests, strict=True)
        ]
        _write(out, config, layers)


def _write(out: tarfile.TarFile, config: bytes, layers: list[dict[str, Any]]) -> None:
    """Write what the layers make: the image's configuration, and what leads to it."""
    manifest = {"schemaVersion": 2, "config": _blob(out, "config.v1+json", config), "layers": layers}
    index = {"schemaVersion": 2, "manifests": [_blob(out, "manifest.v1+json", json.dumps(manifest).encode())]}
    _add(out, "index.json", json.dumps(index).encode())
    _add(out, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')


def _layer(file: BufferedReader, digest: str, out: tarfile.TarFile) -> dict[str, Any]:
    """Add a layer, which some engines save compressed, and is then named by the digest of that."""
    kind = LAYER
    if file.read(len(GZIP)) == GZIP:
        file.seek(0)
        kind, digest = f"{kind}+gzip", f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    size = file.seek(0, 2)
    file.seek(0)
    entry = tarfile.TarInfo(_path(digest))
    entry.size = size
    out.addfile(entry, file)
    return _described(kind, digest, size)


def _blob(out: tarfile.TarFile, kind: str, content: bytes) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    _add(out, _path(digest), content)
    return _described(kind, digest, len(content))


def _described(kind: str, digest: str, size: int) -> dict[str, Any]:
    return {"mediaType": f"{OCI}.{kind}", "digest": digest, "size": size}


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _add(out: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    out.addfile(entry, BytesIO(content))


def _file(image: tarfile.TarFile, name: str) -> BufferedReader:
    """Return a file of the saved image; a link leads to the layer that it stands for."""
    file = image.extractfile(name)
    if file is None:
        raise EngineError(f"The saved image has no file {name}")
    return cast(BufferedReader, file)


def _files(engine: DockerClient, tag: str, path: str) -> bytes:
    """Return what an image has there, as a tar archive."""
    container = engine.containers.create(tag)
    try:
        pieces, _ = container.get_archive(path)
        return b"".join(pieces)
    finally:
        container.remove()


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
