"""A disk that is full in the middle of a deploy leaves nothing that a later one takes for whole."""

import pytest

from acceptance.ssh import Server, ServerError
from deploy.release import Releases
from tests.box.conftest import said


@pytest.fixture
def static(staging):
    """The folder of static files, on a disk of its own with hardly any room."""
    folder = str(staging.layout.static)
    owner = f"uid={staging.site.ssh.user},gid={staging.layout.account}"
    said(staging.box, "sudo", "mount", "-t", "tmpfs", "-o", f"size=150k,mode=2755,{owner}", "tmpfs", folder)
    yield folder
    said(staging.box, "sudo", "umount", folder)


def test_static_files_that_there_was_no_room_for_are_there_the_next_time(staging, static):
    newer = staging.checkout.commit({"superlists/marked.py": '"""Published by half."""\n'})
    with Server(staging.site) as server:
        with pytest.raises(ServerError, match="No space left on device"):
            Releases(server, staging.layout).make(newer)
        said(staging.box, "sudo", "mount", "-o", "remount,size=9m", static)
        Releases(server, staging.layout).make(newer)
    # Files of other releases may be there as well.
    differing = ("find", ".", "-type", "f", "!", "-exec", "cmp", "--silent", "{}", f"{static}/{{}}", ";", "-print")
    made = staging.layout.releases / newer.commit / "static"
    assert staging.run("sh", "-c", 'cd "$0" && exec "$@"', str(made), *differing) == ""
    assert staging.run("find", str(made), "-type", "f") != ""
