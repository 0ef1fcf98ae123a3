"""What a run that was killed left behind, and whose it is."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from features.targets.docker import DockerTarget
from features.targets.owned import HOST, LABEL, LOCK
from tests.targets.engine import engine, owned
from tests.targets.kinds import config


def test_what_a_dead_run_left_is_removed_by_the_next(tmp_path):
    program = (
        "import os, tempfile\n"
        "from features.targets.docker import DockerTarget\n"
        "from tests.targets.kinds import config\n"
        "DockerTarget(config(target='docker', database='postgres')).start()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program], env=os.environ | {"TMPDIR": str(tmp_path)}, check=False)
    left = owned(str(tmp_path))
    assert len(left) == 4, "two containers, a volume and a network"
    target = DockerTarget(config(target="docker"))
    try:
        target.start()
        assert owned(str(tmp_path)) == []
    finally:
        target.stop()
    assert list(Path(tmp_path).glob("superlists-*.lock")) == []


@pytest.mark.parametrize(
    ("host", "lock", "stays"),
    [
        ("another-machine", "/nowhere/a.lock", True),
        (socket.gethostname(), "/nowhere/a.lock", False),
        (socket.gethostname(), None, True),
    ],
)
def test_only_what_a_run_of_this_machine_left_is_removed(host, lock, stays):
    labels = {LABEL: "of-a-test", HOST: host} | ({LOCK: lock} if lock else {})
    with engine() as client:
        volume = client.volumes.create(labels=labels)
        target = DockerTarget(config(target="docker"))
        try:
            target.start()
            assert (volume.name in [other.name for other in client.volumes.list()]) == stays
        finally:
            target.stop()
            for left in client.volumes.list(filters={"label": f"{LABEL}=of-a-test"}):
                left.remove()
