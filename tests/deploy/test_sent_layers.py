"""What is sent of an image: an OCI layout without the layers that the server has."""

import gzip
import hashlib
import io
import json
import tarfile

import pytest

from deploy.release_image import write_layout

# As older engines write it, and as newer ones do.
OLD = ["1/layer.tar", "2/layer.tar", "3/layer.tar"]
NEW = ["blobs/sha256/1", "blobs/sha256/2", "blobs/sha256/3"]


def digest(content):
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


BASE, VENV, CODE = map(digest, (b"base", b"venv", b"code"))


def saved(names, *contents, link=""):
    """Return an image with these layers as an engine saves it; the last one's file may be a link."""
    packed = io.BytesIO()
    layers = [gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content for content in contents]
    files = dict(zip(names, contents, strict=True))
    files["config.json"] = json.dumps({"rootfs": {"diff_ids": [*map(digest, layers)]}}).encode()
    files["manifest.json"] = json.dumps([{"Config": "config.json", "Layers": names}]).encode()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if link and name == names[-1]:
                entry.type, entry.linkname, entry.size = tarfile.SYMTYPE, link, 0
            archive.addfile(entry, io.BytesIO(content))
    return packed


def sent(image, *known):
    """Return what a server finds: the files by their names, and the manifest's layers."""
    layout = io.BytesIO()
    write_layout(image, set(known), layout)
    layout.seek(0)
    with tarfile.open(fileobj=layout, mode="r:gz") as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    [manifest] = json.loads(files["index.json"])["manifests"]
    described = json.loads(files[blob(manifest["digest"])])
    assert "rootfs" in json.loads(files[blob(described["config"]["digest"])])
    for name, content in files.items():
        if name.startswith("blobs/"):
            assert name == blob(digest(content))
    return files, described["layers"]


def blob(digested):
    return digested.replace("sha256:", "blobs/sha256/")


@pytest.mark.parametrize("names", [OLD, NEW])
def test_a_server_that_has_nothing_gets_everything(names):
    files, layers = sent(saved(names, b"base", b"venv", b"code"))
    assert [layer["digest"] for layer in layers] == [BASE, VENV, CODE]
    assert [files[blob(layer)] for layer in (BASE, VENV, CODE)] == [b"base", b"venv", b"code"]


def test_layers_that_are_there_are_named_and_not_sent():
    files, layers = sent(saved(OLD, b"base", b"venv", b"code"), BASE, VENV, "sha256:another")
    assert [layer["digest"] for layer in layers] == [BASE, VENV, CODE]
    assert blob(CODE) in files
    assert not {blob(BASE), blob(VENV)} & set(files)


def test_a_layer_that_the_engine_saves_compressed_is_named_by_what_is_sent():
    packed = gzip.compress(b"code")
    files, layers = sent(saved(NEW, b"base", b"venv", packed), VENV)
    assert layers[2]["mediaType"].endswith("tar+gzip")
    assert files[blob(layers[2]["digest"])] == packed
    assert layers[2]["size"] == len(packed)


def test_one_file_for_two_layers_stands_for_both():
    _, layers = sent(saved(OLD, b"base", b"venv", b"base", link="../1/layer.tar"))
    assert [layer["digest"] for layer in layers] == [BASE, VENV, BASE]
    assert [layer["size"] for layer in layers] == [4, 4, 4]
