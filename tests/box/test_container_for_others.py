"""The program that root runs for who deploys does nothing to what is not this site's."""

import io
import json
import tarfile
from pathlib import PurePosixPath

import pytest

from acceptance.remote_command import Command
from acceptance.ssh import Server, ServerError
from tests.box.conftest import said


@pytest.fixture
def asked(contained):
    """Asks the program, as the user who deploys."""

    def ask(*arguments: str, stdin: bytes = b"") -> str:
        argv = ("sudo", "--non-interactive", f"/usr/local/sbin/{contained.layout.unit}", *arguments)
        with Server(contained.site) as server:
            return server.run(Command(argv, step=arguments[0], stdin=stdin))

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
    said(contained.box, "sudo", "cp", "--preserve=mode", str(contained.layout.environment), other)
    said(contained.box, "sudo", "chown", "nobody", f"{other}/.env")
    home = str(contained.layout.home)
    contained.run("mv", home, f"{home}.kept")
    contained.run("ln", "--symbolic", other, home)
    try:
        for request in (("manage", release, ".env", "check"), ("unpack", release)):
            with pytest.raises(ServerError, match=f"{home} is a symbolic link, to {other}. Remove it"):
                asked(*request)
        assert said(contained.box, "ls", other) == ""
    finally:
        contained.run("rm", home)
        contained.run("mv", f"{home}.kept", home)


def test_no_folder_is_mounted_that_another_account_can_swap(contained):
    mounted = said(contained.box, "sudo", "docker", "inspect", "superlists", "--format", "'{{json .Mounts}}'")
    sources = [PurePosixPath(mount["Source"]) for mount in json.loads(mounted)]
    assert sources
    # The engine looks there again at each start; whoever owns a folder can make all that is in it links.
    above = {str(folder) for source in sources for folder in source.parents}
    assert set(said(contained.box, "sudo", "stat", "--format=%u:%a", *above).splitlines()) == {"0:755"}


def test_what_only_root_comes_to_is_not_reached_by_a_link(contained, asked):
    closed, static = "/root/open-to-all", str(contained.layout.static)
    said(contained.box, "sudo", "install", "--directory", "--mode=777", closed)
    contained.run("mv", static, f"{static}.kept")
    contained.run("ln", "--symbolic", closed, static)
    try:
        with pytest.raises(ServerError, match=f"{static} is a symbolic link, to {closed}. Remove it"):
            asked("unpack", contained.release)
        assert said(contained.box, "sudo", "ls", "--almost-all", closed) == ""
    finally:
        contained.run("rm", static)
        contained.run("mv", f"{static}.kept", static)
