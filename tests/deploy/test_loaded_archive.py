"""What the program that root runs hands on to the engine: one image, by one name."""

import io
import json
import tarfile

import pytest

from deploy.remote.site_container.archive import hand_on
from deploy.remote.site_container.engine import Refused

TAG = "superlists-release:0123456789ab"
ONE = {"Config": "c.json", "RepoTags": [TAG], "Layers": ["1/layer.tar", "2/layer.tar"]}
FILES = {"c.json": "{}", "1/layer.tar": "one"}


def packed(files: dict[str, str], *links: tuple[str, str]) -> io.BytesIO:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as whole:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            whole.addfile(entry, io.BytesIO(content.encode()))
        for name, to in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, to
            whole.addfile(entry)
    archive.seek(0)
    return archive


def handed_on(archive: io.BytesIO) -> dict[str, str]:
    engine = io.BytesIO()
    hand_on(archive, engine, TAG)
    engine.seek(0)
    with tarfile.open(fileobj=engine) as part:
        return {
            entry.name: entry.linkname or part.extractfile(entry).read().decode()  # type: ignore[union-attr]
            for entry in part
        }


def test_an_image_is_handed_on_whole_and_its_name_comes_last():
    got = handed_on(packed({"manifest.json": json.dumps([ONE]), **FILES}, ("2/layer.tar", "../1/layer.tar")))
    assert got == {**FILES, "2/layer.tar": "../1/layer.tar", "manifest.json": json.dumps([ONE])}
    assert list(got)[-1] == "manifest.json"


def test_names_beside_the_manifest_are_left_out():
    elsewhere = dict.fromkeys(("repositories", "index.json", "oci-layout", "./x/../index.json"), "{}")
    got = handed_on(packed({**FILES, **elsewhere, "manifest.json": json.dumps([ONE | {"Parent": "sha256:0"}])}))
    assert got == {**FILES, "manifest.json": json.dumps([ONE])}


@pytest.mark.parametrize(
    "manifest",
    [
        [ONE | {"RepoTags": [TAG, "postgres:16"]}],
        [ONE | {"RepoTags": ["postgres:16"]}],
        [ONE, ONE | {"RepoTags": ["postgres:16"]}],
        [],
        {},
        [{"RepoTags": [TAG]}],
        ["nonsense"],
    ],
)
def test_another_image_is_refused_before_the_engine_knows_a_name(manifest):
    engine = io.BytesIO()
    with pytest.raises(Refused, match=f"what was sent is not {TAG}"):
        hand_on(packed({**FILES, "manifest.json": json.dumps(manifest)}), engine, TAG)
    assert b"postgres" not in engine.getvalue()
    assert b"RepoTags" not in engine.getvalue()


def test_what_is_no_archive_or_half_of_one_is_refused():
    whole = packed({"1/layer.tar": "one" * 9999, "manifest.json": json.dumps([ONE])}).getvalue()
    for sent in (b"", b"nonsense", whole[:20000], whole[:600]):
        with pytest.raises(Refused, match=f"what was sent is not {TAG}"):
            hand_on(io.BytesIO(sent), io.BytesIO(), TAG)
