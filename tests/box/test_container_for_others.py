"""The program that root runs for who deploys does nothing to what is not this site's."""

import io
import json
import tarfile

import pytest

from deploy.commands import Command
from deploy.server import Server, ServerError
from tests.box.conftest import said


@pytest.fixture
def asked(contained):
    """Asks the program, as the user who deploys."""

    def ask(*arguments: str, stdin: bytes | None = None) -> str:
        argv = ("sudo", "--non-interactive", f"/usr/local/sbin/{contained.place.unit}", *arguments)
        with Server(contained.site) as server:
            return server.run(Command(argv, says=arguments[0], stdin=stdin))

    return ask


def archive(*names: str) -> bytes:
    """Return an archive that gives an image without a layer these names."""
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": []}}
    manifest = [{"Config": "config.json", "RepoTags": list(names), "Layers": []}]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as whole:
        for name, content in (("config.json", config), ("manifest.json", manifest)):
            text = json.dumps(content).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            whole.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


def images(there):
    return said(there.box, "sudo", "docker", "images", "--format", "'{{.Repository}}:{{.Tag}}'")


def test_no_image_of_another_name_is_loaded(contained, asked):
    before, mine = images(contained), f"superlists-release:{'a' * 12}"
    for names in (["postgres:16"], [mine, "postgres:16"]):
        with pytest.raises(ServerError, match=f"what was sent is not {mine}"):
            asked("load", "a" * 12, stdin=archive(*names))
    assert images(contained) == before


def test_no_settings_of_another_account_are_read(contained, asked):
    other, release = "/srv/other", contained.release
    said(contained.box, "sudo", "install", "--directory", other)
    said(contained.box, "sudo", "cp", "--preserve=mode", str(contained.place.environment), other)
    said(contained.box, "sudo", "chown", "nobody", f"{other}/.env")
    home = str(contained.place.home)
    contained.run("mv", home, f"{home}.kept")
    contained.run("ln", "--symbolic", other, home)
    try:
        with pytest.raises(ServerError, match=r"\.env is no file of the user who asks"):
            asked("manage", release, ".env", "check")
        # Nor does root make a folder there.
        with pytest.raises(ServerError, match="static"):
            asked("unpack", release)
        assert said(contained.box, "ls", other) == ""
    finally:
        contained.run("rm", home)
        contained.run("mv", f"{home}.kept", home)
