"""What is sent of an image: the layers that the machine has not."""

import io
import json
import tarfile

import pytest

from deploy.release_image import needed

# As older engines write it, and as newer ones do.
OLD = ["1/layer.tar", "2/layer.tar", "3/layer.tar"]
NEW = ["blobs/sha256/1", "blobs/sha256/2", "blobs/sha256/3"]


def saved(names, layers=("sha256:base", "sha256:venv", "sha256:code")):
    """Return an image as the engine saves it; its manifest comes last."""
    files = {name: name * 100 for name in names}
    files["config.json"] = json.dumps({"rootfs": {"diff_ids": list(layers)}})
    files["manifest.json"] = json.dumps([{"Config": "config.json", "Layers": names}])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content.encode()))
    return packed


def sent(image, *known):
    with needed(image, [json.dumps(layers) for layers in known]) as file, tarfile.open(fileobj=file) as archive:
        return {entry.name: archive.extractfile(entry).read().decode() for entry in archive}  # type: ignore[union-attr]


@pytest.mark.parametrize("names", [OLD, NEW])
def test_a_machine_that_has_nothing_gets_everything(names):
    got = sent(saved(names))
    assert set(got) == {*names, "config.json", "manifest.json"}
    assert got[names[0]] == names[0] * 100


@pytest.mark.parametrize("names", [OLD, NEW])
def test_layers_that_are_there_are_not_sent(names):
    got = sent(saved(names), ["sha256:other"], ["sha256:base", "sha256:venv", "sha256:code before"])
    assert set(got) == {names[2], "config.json", "manifest.json"}


def test_a_layer_that_lies_on_others_there_is_sent():
    got = sent(saved(OLD), ["sha256:another base", "sha256:venv", "sha256:code"])
    assert set(OLD) < set(got)


def test_one_file_for_two_layers_stays_while_one_is_needed():
    twice = ["1/layer.tar", "2/layer.tar", "1/layer.tar"]
    layers = ("sha256:empty", "sha256:venv", "sha256:empty")
    got = sent(saved(twice, layers), ["sha256:empty", "sha256:venv"])
    assert "1/layer.tar" in got
    assert "2/layer.tar" not in got
