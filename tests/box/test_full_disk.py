"""A disk that is full in the middle of a deploy leaves nothing that a later one takes for whole."""

import pytest

from acceptance.ssh import Server, ServerError
from deploy.release import Releases
from tests.box.conftest import said


@pytest.fixture
def static(contained):
    """The folder of static files, on a disk of its own with hardly any room."""
    folder = str(contained.layout.static)
    owner = f"uid={contained.site.ssh.user},gid={contained.layout.account}"
    said(contained.box, "sudo", "mount", "-t", "tmpfs", "-o", f"size=150k,mode=2755,{owner}", "tmpfs", folder)
    yield folder
    said(contained.box, "sudo", "umount", folder)


def test_static_files_that_there_was_no_room_for_are_there_the_next_time(contained, static):
    newer = contained.checkout.commit({"superlists/marked.py": '"""Published by half."""\n'})
    with Server(contained.site) as server:
        with pytest.raises(ServerError, match="No space left on device"):
            Releases(server, contained.layout).make(newer)
        said(contained.box, "sudo", "mount", "-o", "remount,size=9m", static)
        Releases(server, contained.layout).make(newer)
    asked = ("run", "--rm", "--user=0:0", "--network=host", "--cgroups=disabled", f"--volume={static}:/published")
    # Files of other releases may be there as well.
    differing = ("find", ".", "-type", "f", "!", "-exec", "cmp", "--silent", "{}", "/published/{}", ";", "-print")
    image = f"superlists-release:{newer.commit}"
    assert contained.container(*asked, "--workdir=/src/static", image, *differing) == ""
